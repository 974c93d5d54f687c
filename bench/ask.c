/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask - GETs of random keys over RESP or memcached's text protocol, as fast as
 * the answers come: each connection has `depth` under way, and sends as many
 * when all are answered. One thread. Prints one line of JSON.
 */
#include "common/base/buf.h"
#include "common/base/check.h"
#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/base/option.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT_MAX   65536
#define KEYS_MAX    ((size_t)64 << 20) /* bytes of their file */
#define CONNECTIONS 1024

#define ASK_OPTION(X)                                                          \
    X(protocol, TEXT, "resp", "resp|memcached", 0, 0, "what is spoken")        \
    X(port, UINT, "6379", "", 1, 65535, "on 127.0.0.1")                        \
    X(keys, TEXT, NULL, "FILE", 0, 0, "keys, one on each line")                \
    X(connections, UINT, "50", "", 1, CONNECTIONS, "open at once")             \
    X(depth, UINT, "1", "", 1, 256, "requests under way on each")              \
    X(seconds, UINT, "2", "", 1, 3600, "how long")                             \
    X(seed, UINT, "1", "", 0, 0, "of the order of keys")

struct ask_options {
    ASK_OPTION(OPTION_FIELD)
};
#define OPTION_OWNER struct ask_options
static const struct option_def ask_def[] = {ASK_OPTION(OPTION_DEF)};

struct conn {
    int fd;
    size_t pending; /* answers */
    size_t nin;
    char in[INPUT_MAX];
};

struct ask {
    const struct ask_options *opt;
    bool memcached;
    struct buf text; /* of all requests, one behind the other */
    size_t *end;     /* of request i in text */
    size_t nrequest;
    struct buf out;
    struct conn *conn;
    int epoll;
    uint64_t random, answers, found;
};

static void
add_request(struct ask *a, struct str key)
{
    if (a->memcached) {
        buf_printf(&a->text, "get %.*s\r\n", STR_ARG(key));
    } else {
        buf_printf(&a->text, "*2\r\n$3\r\nGET\r\n$%zu\r\n%.*s\r\n", key.len,
                   STR_ARG(key));
    }
    a->end[a->nrequest++] = a->text.len;
}

static void
read_keys(struct ask *a)
{
    FILE *f = fopen(a->opt->keys, "r");
    char *file = malloc(KEYS_MAX);
    struct str rest = {file, 0};

    CHECK(f != NULL && file != NULL);
    rest.len = fread(file, 1, KEYS_MAX, f);
    fclose(f);
    a->end = calloc(rest.len + 1, sizeof(*a->end));
    CHECK(a->end != NULL);
    while (rest.p != NULL) {
        struct str key = str_cut(&rest, '\n');

        if (key.len > 0) {
            add_request(a, key);
        }
    }
    CHECK(a->nrequest > 0 && !buf_failed(&a->text));
    free(file);
}

static struct str
random_request(struct ask *a)
{
    size_t i, begin;

    a->random ^= a->random << 13;
    a->random ^= a->random >> 7;
    a->random ^= a->random << 17;
    i = (a->random >> 11) % a->nrequest;
    begin = i > 0 ? a->end[i - 1] : 0;
    return (struct str){a->text.p + begin, a->end[i] - begin};
}

static void
send_batch(struct ask *a, struct conn *k)
{
    buf_clear(&a->out);
    for (k->pending = 0; k->pending < a->opt->depth; k->pending++) {
        struct str request = random_request(a);

        buf_put(&a->out, request.p, request.len);
    }
    CHECK(send(k->fd, a->out.p, a->out.len, MSG_NOSIGNAL) ==
          (ssize_t)a->out.len);
}

/* The bytes of the answer that s begins with, 0 when it is not whole. */
static size_t
answer_bytes(const struct ask *a, struct str s, bool *found)
{
    const char *end = memchr(s.p, '\n', s.len);
    struct str line = {s.p, 0};
    uint64_t len = 0;
    size_t n;

    if (end == NULL) {
        return 0;
    }
    n = (size_t)(end - s.p) + 1;
    line.len = n - 2;
    *found = !str_eq(line, STR("END")) && !str_eq(line, STR("$-1"));
    if (*found) {
        const char *before = memrchr(s.p, a->memcached ? ' ' : '$', line.len);

        CHECK(before != NULL);
        line = (struct str){before + 1, (size_t)(s.p + line.len - before) - 1};
        CHECK(number_parse_u64(line, &len));
        n += len + 2 + (a->memcached ? 5 : 0); /* "END\r\n" */
    }
    return n <= s.len ? n : 0;
}

static void
on_readable(struct ask *a, struct conn *k, bool more)
{
    ssize_t n = recv(k->fd, k->in + k->nin, INPUT_MAX - k->nin, 0);
    struct str s = {k->in, k->nin + (size_t)n};
    size_t took;
    bool found;

    CHECK(n > 0);
    while (s.len > 0 && (took = answer_bytes(a, s, &found)) > 0) {
        CHECK(k->pending > 0);
        k->pending--;
        a->answers++;
        a->found += found;
        s = (struct str){s.p + took, s.len - took};
    }
    memmove(k->in, s.p, s.len);
    k->nin = s.len;
    CHECK(k->nin < INPUT_MAX);
    if (k->pending == 0 && more) {
        send_batch(a, k);
    }
}

static void
open_conn(struct ask *a, struct conn *k)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)a->opt->port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = k};
    int one = 1;

    k->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(k->fd >= 0);
    CHECK(connect(k->fd, (const struct sockaddr *)&to, sizeof(to)) == 0);
    setsockopt(k->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    CHECK(epoll_ctl(a->epoll, EPOLL_CTL_ADD, k->fd, &ev) == 0);
    send_batch(a, k);
}

static void
run(struct ask *a)
{
    uint64_t begin = clock_mono_ns();
    uint64_t end = begin + a->opt->seconds * 1000000000ull;
    uint64_t now = begin;

    for (size_t i = 0; i < a->opt->connections; i++) {
        open_conn(a, &a->conn[i]);
    }
    while (now < end) {
        struct epoll_event ev[CONNECTIONS];
        int n = epoll_wait(a->epoll, ev, CONNECTIONS, 1000);

        now = clock_mono_ns();
        for (int i = 0; i < n; i++) {
            on_readable(a, ev[i].data.ptr, now < end);
        }
    }
    printf("{\"answers\":%" PRIu64 ",\"found\":%" PRIu64 ",\"seconds\":%.4f}\n",
           a->answers, a->found, (double)(now - begin) / 1e9);
}

static void
ask(const struct ask_options *opt)
{
    struct ask a = {.opt = opt};

    a.memcached = str_eq(str_of(opt->protocol), STR("memcached"));
    a.random = opt->seed * 0x9e3779b97f4a7c15 + 1;
    a.conn = calloc(opt->connections, sizeof(*a.conn));
    a.epoll = epoll_create1(EPOLL_CLOEXEC);
    CHECK(a.conn != NULL && a.epoll >= 0);
    buf_init(&a.text, 8 * KEYS_MAX);
    buf_init(&a.out, 1 << 20);
    read_keys(&a);
    run(&a);
    for (size_t i = 0; i < opt->connections; i++) {
        close(a.conn[i].fd);
    }
    close(a.epoll);
    buf_fini(&a.out);
    buf_fini(&a.text);
    free(a.end);
    free(a.conn);
}

int
main(int argc, char **argv)
{
    struct ask_options opt;
    struct option_set set = {ask_def, sizeof(ask_def) / sizeof(*ask_def), &opt,
                             0};
    char **rest = calloc((size_t)argc + 1, sizeof(*rest));
    int nrest = 0;
    struct err e;
    enum rc rc;

    CHECK(rest != NULL);
    rc = option_defaults(&set, &e);
    if (rc == RC_OK) {
        rc = option_parse_argv(&set, argc - 1, argv + 1, rest, &nrest, &e);
    }
    if (rc != RC_OK || nrest > 0 || opt.keys == NULL) {
        fprintf(stderr, "ask: %s\n", rc != RC_OK ? e.text : "--keys FILE");
    } else {
        ask(&opt);
    }
    rc = rc == RC_OK && opt.keys == NULL ? RC_INVAL : rc;
    option_free(&set);
    free(rest);
    return rc == RC_OK ? 0 : 2;
}
