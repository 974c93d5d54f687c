/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * toy_proto - a request is one line. "=text" is answered at once with
 * "text\n", "later" when the test says so, "*n" with n bytes, "stop" is the
 * last of its connection; a line that begins with '(' is a head whose body is
 * still to come.
 */
#include "common/base/number.h"
#include "tests/lookup/conn_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define LATER_MAX 4096

struct toy {
    size_t nlater;
    struct turn *later[LATER_MAX];
    size_t nparsed;
};

static inline void
toy_fill(struct turn *t, char c, size_t n)
{
    char *p = buf_reserve(conn_answer(t), n);

    if (p != NULL) {
        memset(p, c, n);
        conn_answer(t)->len += n;
    }
}

static inline void
toy_serve(struct conn *c, struct str line)
{
    struct toy *toy = conn_arg(c);
    struct turn *t = conn_begin(c);
    uint64_t n;

    assert_non_null(t);
    toy->nparsed++;
    if (str_eq(line, STR("later"))) {
        toy->later[toy->nlater++] = t;
        return;
    }
    if (str_eq(line, STR("stop"))) {
        conn_stop(c, NET_CLOSED_SERVER);
    }
    if (line.len > 0 && line.p[0] == '*') {
        line = (struct str){line.p + 1, line.len - 1};
        assert_true(number_parse_u64(line, &n));
        toy_fill(t, '*', n);
    } else {
        buf_put(conn_answer(t), line.p + 1, line.len - 1);
        buf_char(conn_answer(t), '\n');
    }
    conn_finish(t);
}

static inline size_t
toy_parse(struct conn *c, char *p, size_t *len)
{
    struct str rest = {p, *len};

    while (rest.len > 0 && conn_room(c)) {
        const char *end = memchr(rest.p, '\n', rest.len);
        struct str line = {rest.p, 0};

        if (rest.p[0] == '(') {
            conn_expect_body(c);
        }
        if (end == NULL) {
            break;
        }
        line.len = (size_t)(end - rest.p);
        rest = (struct str){end + 1, rest.len - line.len - 1};
        toy_serve(c, line);
    }
    return (size_t)(rest.p - p);
}

static inline void
toy_refuse(void *arg, enum conn_refusal why, struct buf *out)
{
    (void)arg;
    buf_c(out, why == CONN_TOO_SLOW ? "slow\n" : "many\n");
}

static const struct proto proto_toy = {
    .name = "toy",
    .turn_bytes = sizeof(struct turn),
    .parse = toy_parse,
    .refuse = toy_refuse,
};

/* Answer the i-th "later" with `text`. */
static inline void
toy_answer(struct toy *toy, size_t i, const char *text)
{
    buf_c(conn_answer(toy->later[i]), text);
    conn_finish(toy->later[i]);
}

static inline void
expect(struct fixture *f, int fd, const char *text)
{
    struct str got = fixture_read(f, fd, strlen(text));

    if (!str_eq(got, str_of(text))) {
        fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(got), text);
    }
}

static inline void
expect_end(struct fixture *f, int fd)
{
    char byte;

    assert_int_equal(fixture_read_all(f, fd).len, 0);
    assert_int_equal(recv(fd, &byte, 1, 0), 0);
    close(fd);
}

static inline void
send_c(struct fixture *f, int fd, const char *text)
{
    assert_true(fixture_send(f, fd, str_of(text)));
}
