/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our parser beside http_parser: whatever both accept they must read alike.
 * Ours refuses more; what only one of them accepts is counted, and shown. (Ours
 * does not look at the port of an absolute URL, as nothing uses it.)
 */
#include "lookup/net/http_parse.h"

#include "common/base/buf.h"

/* Its names for methods are ours too. */
#define http_method peer_method
#define HTTP_GET    PEER_GET
#define HTTP_HEAD   PEER_HEAD
#define HTTP_POST   PEER_POST
#define HTTP_PUT    PEER_PUT
#define HTTP_DELETE PEER_DELETE
#include <http_parser.h>
#undef http_method
#undef HTTP_GET
#undef HTTP_HEAD
#undef HTTP_POST
#undef HTTP_PUT
#undef HTTP_DELETE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define TEXT_MAX  (64 * 1024)
#define MUTATIONS 300000
#define INPUT_MAX 1024

static const struct http_limits limits = {8192, 4096, 8192};

/* What one parser read: all of the first message as text. */
struct reading {
    bool accepted;
    bool is_other; /* a method that ours takes for any token */
    struct buf text;
};

/* http_parser's events, gathered. */
struct peer {
    bool done;
    bool in_value;
    bool in_trailer; /* which ours drops */
    struct buf url, name, value, headers, body;
};

static struct peer *
peer_of(http_parser *p)
{
    return p->data;
}

static void
end_header(struct peer *peer)
{
    if (peer->in_value && !peer->in_trailer) {
        buf_printf(&peer->headers, "%.*s=%.*s\n",
                   STR_ARG(buf_view(&peer->name)),
                   STR_ARG(str_trim(buf_view(&peer->value))));
    }
    if (peer->in_value) {
        buf_clear(&peer->name);
        buf_clear(&peer->value);
        peer->in_value = false;
    }
}

static int
on_url(http_parser *p, const char *at, size_t n)
{
    buf_put(&peer_of(p)->url, at, n);
    return 0;
}

static int
on_field(http_parser *p, const char *at, size_t n)
{
    end_header(peer_of(p));
    buf_put(&peer_of(p)->name, at, n);
    return 0;
}

static int
on_value(http_parser *p, const char *at, size_t n)
{
    peer_of(p)->in_value = true;
    buf_put(&peer_of(p)->value, at, n);
    return 0;
}

static int
on_headers(http_parser *p)
{
    end_header(peer_of(p));
    peer_of(p)->in_trailer = true;
    return 0;
}

static int
on_body(http_parser *p, const char *at, size_t n)
{
    buf_put(&peer_of(p)->body, at, n);
    return 0;
}

static int
on_message(http_parser *p)
{
    peer_of(p)->done = true;
    http_parser_pause(p, 1);
    return 0;
}

static int
method_of_peer(const http_parser *p)
{
    static const char *const ours[] = {"GET", "HEAD", "POST", "PUT", "DELETE"};
    const char *name = http_method_str((enum peer_method)p->method);
    int i = 0;

    while (i < HTTP_OTHER && strcmp(ours[i], name) != 0) {
        i++;
    }
    return i;
}

static void
render(struct reading *r, int method, struct str path, struct str query,
       struct str headers, struct str body)
{
    buf_clear(&r->text);
    buf_printf(&r->text, "%d [%.*s] [%.*s]\n%.*s\n%.*s", method, STR_ARG(path),
               STR_ARG(query), STR_ARG(headers), STR_ARG(body));
}

static struct str
url_part(const struct peer *peer, const struct http_parser_url *u, int field)
{
    if ((u->field_set & (1u << field)) == 0) {
        return field == UF_PATH ? STR("/") : STR("");
    }
    return (struct str){peer->url.p + u->field_data[field].off,
                        u->field_data[field].len};
}

static void
render_peer(struct reading *r, const http_parser *p, const struct peer *peer)
{
    struct http_parser_url u;
    struct str star = STR("*");

    http_parser_url_init(&u);
    if (str_eq(buf_view(&peer->url), star)) {
        render(r, method_of_peer(p), star, STR(""), buf_view(&peer->headers),
               buf_view(&peer->body));
        return;
    }
    r->accepted = http_parser_parse_url(peer->url.p, peer->url.len,
                                        p->method == HTTP_CONNECT, &u) == 0;
    if (r->accepted) {
        render(r, method_of_peer(p), url_part(peer, &u, UF_PATH),
               url_part(peer, &u, UF_QUERY), buf_view(&peer->headers),
               buf_view(&peer->body));
    }
}

static void
read_by_peer(struct str input, struct reading *r)
{
    static const http_parser_settings settings = {
        .on_url = on_url,
        .on_header_field = on_field,
        .on_header_value = on_value,
        .on_headers_complete = on_headers,
        .on_body = on_body,
        .on_message_complete = on_message,
    };
    struct peer peer = {0};
    struct buf *all[] = {&peer.url, &peer.name, &peer.value, &peer.headers,
                         &peer.body};
    http_parser p;

    for (size_t i = 0; i < 5; i++) {
        buf_init(all[i], TEXT_MAX);
    }
    http_parser_init(&p, HTTP_REQUEST);
    p.data = &peer;
    (void)http_parser_execute(&p, &settings, input.p, input.len);
    r->accepted = peer.done;
    if (peer.done) {
        render_peer(r, &p, &peer);
    }
    for (size_t i = 0; i < 5; i++) {
        buf_fini(all[i]);
    }
}

static void
read_by_us(struct str input, struct reading *r)
{
    struct http_parse h = {0};
    struct http_request req;
    char bytes[2 * INPUT_MAX];
    size_t len = input.len;
    struct buf headers;

    memcpy(bytes, input.p, input.len);
    r->accepted = http_parse(&h, &limits, bytes, &len, &req) > 0;
    if (!r->accepted) {
        return;
    }
    buf_init(&headers, TEXT_MAX);
    for (size_t i = 0; i < req.nheader; i++) {
        buf_printf(&headers, "%.*s=%.*s\n", STR_ARG(req.header[i].name),
                   STR_ARG(req.header[i].value));
    }
    r->is_other = req.method == HTTP_OTHER;
    render(r, (int)req.method, req.path, req.query, buf_view(&headers),
           req.body);
    buf_fini(&headers);
}

static const char *const corpus[] = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /v1/churn/u42?k=5&timeout_ms=7 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
    "User-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n",
    "HEAD /v1/a%2Fb/%ff HTTP/1.1\r\nHost: a\r\nConnection: close, x\r\n\r\n",
    "GET http://a.example:80/x?y HTTP/1.1\r\nHost: a.example\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.0\r\nConnection: keep-alive\r\nX-Empty:\r\n\r\n",
    "POST /v1/churn HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    "Content-Length: 19\r\n\r\n{\"users\":[\"a\",\"b\"]}GET",
    "PUT /v1/churn/u/features HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
    "chunked\r\n\r\n5\r\nhello\r\n00006;x=y\r\n world\r\n0\r\nX-T: 1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2"
    "\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nab",
    "DELETE /a HTTP/1.1\r\nhost:\ta \t\r\nX-Y: a\tb  c \r\n\r\n",
};

#define NCORPUS (sizeof(corpus) / sizeof(corpus[0]))

struct tally {
    size_t both, ours_only, peer_only, none;
};

static void
compare(struct str input, struct tally *tally)
{
    struct reading us = {0}, peer = {0};

    buf_init(&us.text, TEXT_MAX);
    buf_init(&peer.text, TEXT_MAX);
    read_by_us(input, &us);
    read_by_peer(input, &peer);
    tally->both += us.accepted && peer.accepted;
    tally->ours_only += us.accepted && !peer.accepted && !us.is_other;
    tally->peer_only += !us.accepted && peer.accepted;
    tally->none += !us.accepted && !peer.accepted;
    if (us.accepted && peer.accepted &&
        !str_eq(buf_view(&us.text), buf_view(&peer.text))) {
        fail_msg("read differently:\n%.*s\nours: %.*s\ntheirs: %.*s",
                 STR_ARG(input), STR_ARG(buf_view(&us.text)),
                 STR_ARG(buf_view(&peer.text)));
    }
    buf_fini(&us.text);
    buf_fini(&peer.text);
}

static void
test_corpus(void **state)
{
    struct tally tally = {0};

    (void)state;
    for (size_t i = 0; i < NCORPUS; i++) {
        compare(str_of(corpus[i]), &tally);
    }
    assert_int_equal(tally.both, NCORPUS);
}

static uint64_t
next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Change, drop or insert one byte, or double a part. Returns the length. */
static size_t
mutate(char *p, size_t len, uint64_t *seed)
{
    static const char likely[] = "\r\n\t :,;/?#*%0159afGE\x7f\x80";
    size_t at = next_random(seed) % len;
    size_t n = 1 + next_random(seed) % 40;
    char byte = likely[next_random(seed) % (sizeof(likely) - 1)];

    switch (next_random(seed) % 4) {
    case 0:
        p[at] = byte;
        return len;
    case 1:
        memmove(p + at, p + at + 1, len - at - 1);
        return len - 1;
    case 2:
        memmove(p + at + 1, p + at, len - at);
        p[at] = byte;
        return len + 1;
    default:
        n = n < len - at ? n : len - at;
        memmove(p + at + n, p + at, len - at);
        return len + n;
    }
}

static void
test_mutations(void **state)
{
    struct tally tally = {0};
    uint64_t seed = 20261122;

    (void)state;
    for (size_t i = 0; i < MUTATIONS; i++) {
        char input[INPUT_MAX];
        const char *from = corpus[next_random(&seed) % NCORPUS];
        size_t len = strlen(from), n = 1 + next_random(&seed) % 3;

        memcpy(input, from, len);
        while (n-- > 0 && len > 1) {
            len = mutate(input, len, &seed);
        }
        compare((struct str){input, len}, &tally);
    }
    print_message("both %zu, ours only %zu, theirs only %zu, neither %zu\n",
                  tally.both, tally.ours_only, tally.peer_only, tally.none);
    assert_true(tally.both > MUTATIONS / 10);
    assert_true(tally.ours_only < tally.both / 50);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corpus),
        cmocka_unit_test(test_mutations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
