/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/http_parse.h"

#include "common/base/buf.h"
#include "tests/lookup/guarded_input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define H         "Host: a\r\n"
#define BODY_MAX  64
#define BYTES_MAX (64 * 1024)

static bool
is_large(const struct http_request *req)
{
    return str_eq(req->path, STR("/large"));
}

static const struct http_limits limits = {
    .head_bytes = 1024,
    .target_bytes = 256,
    .body_bytes = BODY_MAX,
    .is_large = is_large,
    .large_bytes = BODY_MAX + 2,
};

/* What a message says, as text that can be compared. */
static void
describe(const struct http_request *req, const struct http_head *head,
         struct buf *out)
{
    buf_clear(out);
    buf_printf(out, "%d %.*s ? %.*s", (int)req->method, STR_ARG(req->path),
               STR_ARG(req->query));
    for (size_t i = 0; i < req->nheader; i++) {
        buf_printf(out, " | %.*s=%.*s", STR_ARG(req->header[i].name),
                   STR_ARG(req->header[i].value));
    }
    buf_printf(out, " # %.*s %s", STR_ARG(req->body),
               head->keep_alive ? "keep" : "close");
}

/*
 * Give `message` to the parser in two pieces, `cut` bytes first, each piece
 * ending at a protected page. 0 < result: taken, described in out.
 */
static ssize_t
parse_cut(struct str message, size_t cut, struct buf *out)
{
    struct guarded_input first = guarded_create(message.len);
    struct guarded_input second = guarded_create(message.len);
    struct http_parse h = {0};
    struct http_request req;
    size_t kept = cut, n;
    char *p = guarded_at(&first, cut), *q;
    ssize_t taken;

    memcpy(p, message.p, cut);
    taken = http_parse(&h, &limits, p, &kept, &req);
    if (taken == PARSE_MORE) {
        n = kept + message.len - cut;
        q = guarded_at(&second, n);
        memcpy(q, p, kept);
        memcpy(q + kept, message.p + cut, message.len - cut);
        taken = http_parse(&h, &limits, q, &n, &req);
    }
    if (taken > 0) {
        describe(&req, &h.head, out);
    } else if (taken == PARSE_BROKEN) {
        buf_clear(out);
        buf_printf(out, "%d", h.head.status);
    }
    guarded_destroy(&first);
    guarded_destroy(&second);
    return taken;
}

/* Whole, and cut at every byte, the outcome is the expected one. */
static void
check_outcome(const char *message, const char *expected)
{
    struct str m = str_of(message);
    struct buf got;

    buf_init(&got, BYTES_MAX);
    for (size_t cut = 0; cut <= m.len; cut++) {
        ssize_t taken = parse_cut(m, cut, &got);

        buf_char(&got, '\0');
        if (taken == PARSE_MORE || strcmp(got.p, expected) != 0) {
            fail_msg("cut at %zu: %zd, \"%s\" is not \"%s\"\n%s", cut, taken,
                     got.p, expected, message);
        }
    }
    buf_fini(&got);
}

struct example {
    const char *message;
    const char *expected;
};

static void
check_all(const struct example *example, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        check_outcome(example[i].message, example[i].expected);
    }
}

static void
test_accepts(void **state)
{
    static const struct example example[] = {
        {"GET / HTTP/1.1\r\n" H "\r\n", "0 / ?  | Host=a #  keep"},
        {"HEAD /a?b?c HTTP/1.1\r\n" H "\r\n", "1 /a ? b?c | Host=a #  keep"},
        {"GET /%00%zz?+ HTTP/1.1\r\n" H "\r\n",
         "0 /%00%zz ? + | Host=a #  keep"},
        {"\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", "0 / ?  | Host=a #  keep"},
        {"GET http://a:80/x?y HTTP/1.1\r\n" H "\r\n",
         "0 /x ? y | Host=a #  keep"},
        {"GET HTTP://a HTTP/1.1\r\n" H "\r\n", "0 / ?  | Host=a #  keep"},
        {"GET http://a?y HTTP/1.1\r\n" H "\r\n", "0 / ? y | Host=a #  keep"},
        {"OPTIONS * HTTP/1.1\r\n" H "\r\n", "5 * ?  | Host=a #  keep"},
        {"DELETE / HTTP/1.1\r\nHost:\r\n\r\n", "4 / ?  | Host= #  keep"},
        {"GET / HTTP/1.1\r\nHost: \t a:1 \t\r\nX:\x80 y\r\n\r\n",
         "0 / ?  | Host=a:1 | X=\x80 y #  keep"},
        {"GET / HTTP/1.1\r\n" H "Connection: x, Close\r\n\r\n",
         "0 / ?  | Host=a | Connection=x, Close #  close"},
        {"GET / HTTP/1.1\r\n" H "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
         "0 / ?  | Host=a | Connection=Upgrade | Upgrade=h2c #  keep"},
        {"GET / HTTP/1.0\r\n\r\n", "0 / ?  #  close"},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
         "0 / ?  | Connection=keep-alive #  keep"},
        {"PUT / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc",
         "3 / ?  | Host=a | Content-Length=3 # abc keep"},
        {"POST / HTTP/1.1\r\n" H "content-length: 0\r\n\r\n",
         "2 / ?  | Host=a | content-length=0 #  keep"},
        {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n"
         "3\r\nabc\r\n00a;x=\"y\"\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
         "2 / ?  | Host=a | Transfer-Encoding=Chunked # abc0123456789 keep"},
        {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
         "0\r\n\r\n",
         "2 / ?  | Host=a | Transfer-Encoding=chunked #  keep"},
    };

    (void)state;
    check_all(example, sizeof(example) / sizeof(example[0]));
}

#define GET     "GET / HTTP/1.1\r\n"
#define CHUNKED "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
#define POST    "POST / HTTP/1.1\r\n" H

static void
test_refuses_heads(void **state)
{
    static const struct example example[] = {
        {GET "\r\n", "400"},
        {GET H H "\r\n", "400"},
        {GET "Host: a b\r\n\r\n", "400"},
        {GET "Host: a/b\r\n\r\n", "400"},
        {GET "Host : a\r\n\r\n", "400"},
        {GET " Host: a\r\n\r\n", "400"},
        {GET H "X: a\r\n b\r\n\r\n", "400"},
        {GET H "X\r\n\r\n", "400"},
        {GET H ": a\r\n\r\n", "400"},
        {GET H "X(: a\r\n\r\n", "400"},
        {GET H "X: a\x01\r\n\r\n", "400"},
        {GET H "X: a\x7f\r\n\r\n", "400"},
        {GET H "X: a\rb\r\n\r\n", "400"},
        {GET "Host: a\n\r\n", "400"},
        {"GET / HTTP/1.1\n" H "\r\n", "400"},
        {"GET /\r\n" H "\r\n", "400"},
        {"GET  / HTTP/1.1\r\n" H "\r\n", "400"},
        {"GET / HTTP/1.1 \r\n" H "\r\n", "400"},
        {"GET\t/ HTTP/1.1\r\n" H "\r\n", "400"},
        {" GET / HTTP/1.1\r\n" H "\r\n", "400"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZ-ABCDEFG / HTTP/1.1\r\n" H "\r\n", "501"},
        {"G(T / HTTP/1.1\r\n" H "\r\n", "400"},
        {"GET x HTTP/1.1\r\n" H "\r\n", "400"},
        {"GET ?x HTTP/1.1\r\n" H "\r\n", "400"},
        {"GET http://a,b/ HTTP/1.1\r\n" H "\r\n", "400"},
        {"GET * HTTP/1.1\r\n" H "\r\n", "400"},
        {"GET /#a HTTP/1.1\r\n" H "\r\n", "400"},
        {"GET /\x80 HTTP/1.1\r\n" H "\r\n", "400"},
        {"GET http:///x HTTP/1.1\r\n" H "\r\n", "400"},
        {"CONNECT a:80 HTTP/1.1\r\n" H "\r\n", "400"},
        {"GET / http/1.1\r\n" H "\r\n", "400"},
        {"GET / HTTP/1.x\r\n" H "\r\n", "400"},
        {"GET / HTTP/1.2\r\n" H "\r\n", "505"},
        {"GET / HTTP/0.9\r\n" H "\r\n", "505"},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
    };

    (void)state;
    check_all(example, sizeof(example) / sizeof(example[0]));
}

static void
test_refuses_lengths(void **state)
{
    static const struct example example[] = {
        {POST "\r\n", "411"},
        {POST "Content-Length: -1\r\n\r\n", "400"},
        {POST "Content-Length: +1\r\n\r\na", "400"},
        {POST "Content-Length: 1, 1\r\n\r\na", "400"},
        {POST "Content-Length:\r\n\r\n", "400"},
        {POST "Content-Length: 0x1\r\n\r\na", "400"},
        {POST "Content-Length: 18446744073709551616\r\n\r\na", "400"},
        {POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", "400"},
        {POST "Content-Length: 65\r\n\r\n", "413"},
        {POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
        {POST "Transfer-Encoding: gzip, chunked\r\n\r\n", "501"},
        {POST "Transfer-Encoding: identity\r\n\r\n", "501"},
        {POST "Transfer-Encoding: chunked;q=1\r\n\r\n", "501"},
        {POST "Transfer-Encoding:\r\n\r\n", "501"},
        {POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"
              "\r\n",
         "501"},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "400"},
    };

    (void)state;
    check_all(example, sizeof(example) / sizeof(example[0]));
}

static void
test_refuses_chunks(void **state)
{
    static const struct example example[] = {
        {CHUNKED "\r\n", "400"},
        {CHUNKED "g\r\n", "400"},
        {CHUNKED "-1\r\n", "400"},
        {CHUNKED "0x1\r\n", "400"},
        {CHUNKED "1 \r\na\r\n0\r\n\r\n", "400"},
        {CHUNKED "1\na\r\n0\r\n\r\n", "400"},
        {CHUNKED "1\r\nab\r\n0\r\n\r\n", "400"},
        {CHUNKED "1\r\na\n0\r\n\r\n", "400"},
        {CHUNKED "0\r\nX\r\n\r\n", "400"},
        {CHUNKED "0\r\nX : y\r\n\r\n", "400"},
        {CHUNKED "41\r\n", "413"},
        {CHUNKED "10000000000000000\r\n", "413"},
        {CHUNKED "40\r\n"
                 "0123456789abcdef0123456789abcdef0123456789abcdef"
                 "0123456789abcdef\r\n1\r\n",
         "413"},
    };

    (void)state;
    check_all(example, sizeof(example) / sizeof(example[0]));
}

/* `before`, then n times `filler`, then `after`: the outcome's status. */
static int
status_of(const char *before, const char *filler, size_t n, const char *after)
{
    struct http_parse h = {0};
    struct http_request req;
    struct buf b;
    ssize_t taken;

    buf_init(&b, BYTES_MAX);
    buf_c(&b, before);
    for (size_t i = 0; i < n; i++) {
        buf_c(&b, filler);
    }
    buf_c(&b, after);
    assert_false(buf_failed(&b));
    taken = http_parse(&h, &limits, b.p, &b.len, &req);
    buf_fini(&b);
    return taken == PARSE_BROKEN ? h.head.status : (int)(taken > 0 ? 200 : 0);
}

static void
test_limits(void **state)
{
    const char *line = " HTTP/1.1\r\n" H "\r\n";
    const char *head = "GET / HTTP/1.1\r\n" H;

    (void)state;
    assert_int_equal(status_of("GET /", "a", 255, line), 200);
    assert_int_equal(status_of("GET /", "a", 256, line), 414);
    assert_int_equal(status_of("GET /", "a", 512, ""), 414);
    assert_int_equal(status_of(head, "X:\r\n", 63, "\r\n"), 200);
    assert_int_equal(status_of(head, "X:\r\n", 64, "\r\n"), 431);
    assert_int_equal(status_of(head, "a", 900, ":\r\n\r\n"), 200);
    assert_int_equal(status_of(head, "a", 1024, ":\r\n\r\n"), 431);
    assert_int_equal(status_of(head, "a", 1024, ""), 431);
    assert_int_equal(status_of("", "\r\n", 600, ""), 431);
    assert_int_equal(
        status_of("GET / HTTP/1.1\r\n" H "X: ", "a", 900, "\r\n\r\n"), 200);
}

/* Bodies of some requests may be larger; chunked, a is one byte. */
static void
test_large_bodies(void **state)
{
    const char *chunked =
        " HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n";
    char small[256], large[256], text[256];

    (void)state;
    snprintf(small, sizeof(small), "POST /small%s", chunked);
    snprintf(large, sizeof(large), "POST /large%s", chunked);
    assert_int_equal(status_of(small, "1\r\na\r\n", 64, "0\r\n\r\n"), 200);
    assert_int_equal(status_of(small, "1\r\na\r\n", 65, "0\r\n\r\n"), 413);
    assert_int_equal(status_of(large, "1\r\na\r\n", 66, "0\r\n\r\n"), 200);
    assert_int_equal(status_of(large, "1\r\na\r\n", 67, "0\r\n\r\n"), 413);
    for (int n = BODY_MAX; n < BODY_MAX + 4; n++) {
        for (int i = 0; i < 2; i++) {
            int max = i == 0 ? BODY_MAX : BODY_MAX + 2;

            snprintf(text, sizeof(text),
                     "POST %s HTTP/1.1\r\n" H "Content-Length: %d\r\n\r\n",
                     i == 0 ? "/small" : "/large", n);
            assert_int_equal(status_of(text, "a", (size_t)n, ""),
                             n <= max ? 200 : 413);
        }
    }
}

static void
test_pipelined(void **state)
{
    char text[] = "POST /1 HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
                  "1\r\na\r\n0\r\n\r\nGET /2 HTTP/1.0\r\n\r\nGET /3";
    size_t left = sizeof(text) - 1;
    struct http_parse h = {0};
    struct http_request req;
    char *p = text;
    ssize_t taken;

    (void)state;
    taken = http_parse(&h, &limits, p, &left, &req);
    assert_true(taken > 0 && h.head.keep_alive);
    assert_true(str_eq(req.path, STR("/1")) && str_eq(req.body, STR("a")));
    p += taken;
    left -= (size_t)taken;
    taken = http_parse(&h, &limits, p, &left, &req);
    assert_true(taken > 0 && !h.head.keep_alive);
    assert_true(str_eq(req.path, STR("/2")) && req.body.len == 0);
    p += taken;
    left -= (size_t)taken;
    assert_int_equal(left, strlen("GET /3"));
    assert_int_equal(http_parse(&h, &limits, p, &left, &req), PARSE_MORE);
}

static void
test_waits_for_body(void **state)
{
    char text[] = "POST / HTTP/1.1\r\n" H "Expect: 100-continue\r\n"
                  "Content-Length: 1\r\n\r\n";
    size_t len = sizeof(text) - 3;
    struct http_parse h = {0};
    struct http_request req;

    (void)state;
    assert_int_equal(http_parse(&h, &limits, text, &len, &req), PARSE_MORE);
    assert_false(h.in_body);
    len = sizeof(text) - 1;
    assert_int_equal(http_parse(&h, &limits, text, &len, &req), PARSE_MORE);
    assert_true(h.in_body && h.head.expects_continue);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_refuses_heads),
        cmocka_unit_test(test_refuses_lengths),
        cmocka_unit_test(test_refuses_chunks),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_large_bodies),
        cmocka_unit_test(test_pipelined),
        cmocka_unit_test(test_waits_for_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
