/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/http_framing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HOST "Host:a\n"

static bool
is_put(const struct http_request *req)
{
    return req->method == HTTP_PUT;
}

static const struct http_limits limits = {
    .body_bytes = 100, .is_large = is_put, .large_bytes = 1000};

/* Headers as "Name:value\n". False: refused, with h->status. */
static bool
frame(struct http_head *h, enum http_method method, const char *headers)
{
    const struct http_request req = {.method = method};
    struct http_framing f = {0};
    struct str rest = str_of(headers);

    while (rest.len > 0) {
        struct str value = str_cut(&rest, '\n');
        struct str name = str_cut(&value, ':');

        if (!http_framing_read(h, &f, name, value)) {
            return false;
        }
    }
    return http_framing_settle(h, &limits, &f, &req);
}

static void
test_refused(void **state)
{
    static const struct {
        enum http_method method;
        const char *headers;
        bool http_1_0;
        int status;
    } t[] = {
        {HTTP_GET, "", false, 400},
        {HTTP_GET, HOST HOST, false, 400},
        {HTTP_GET, "Host:a b\n", false, 400},
        {HTTP_GET, HOST HOST, true, 400},
        {HTTP_PUT, HOST "Content-Length:1\nContent-Length:1\n", false, 400},
        {HTTP_PUT, HOST "Content-Length:\n", false, 400},
        {HTTP_PUT, HOST "Content-Length:+1\n", false, 400},
        {HTTP_PUT, HOST "Content-Length:1,1\n", false, 400},
        {HTTP_PUT, HOST "Content-Length:18446744073709551616\n", false, 400},
        {HTTP_PUT, HOST "Content-Length:18446744073709551615\n", false, 413},
        {HTTP_PUT, HOST "Content-Length:1\nTransfer-Encoding:chunked\n", false,
         400},
        {HTTP_PUT, "Transfer-Encoding:chunked\n", true, 400},
        {HTTP_PUT, HOST "Transfer-Encoding:gzip\n", false, 501},
        {HTTP_PUT, HOST "Transfer-Encoding:gzip, chunked\n", false, 501},
        {HTTP_PUT,
         HOST "Transfer-Encoding:chunked\nTransfer-Encoding:chunked\n", false,
         501},
        {HTTP_PUT, HOST, false, 411},
        {HTTP_POST, HOST, false, 411},
        {HTTP_POST, HOST "Content-Length:101\n", false, 413},
        {HTTP_PUT, HOST "Content-Length:1001\n", false, 413},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct http_head h = {.http_1_0 = t[i].http_1_0};

        if (frame(&h, t[i].method, t[i].headers) || h.status != t[i].status ||
            h.why == NULL) {
            fail_msg("%s: %d, not %d", t[i].headers, h.status, t[i].status);
        }
    }
}

static void
test_length(void **state)
{
    static const struct {
        enum http_method method;
        const char *headers;
        size_t length, body_max;
        bool is_chunked;
    } t[] = {
        {HTTP_GET, HOST, 0, 100, false},
        {HTTP_GET, HOST "Content-Length:7\n", 7, 100, false},
        {HTTP_POST, "content-length:0100\nhOST:\n", 100, 100, false},
        {HTTP_PUT, HOST "Content-Length:100\n", 100, 100, false},
        {HTTP_PUT, HOST "Content-Length:101\n", 101, 1000, false},
        {HTTP_POST, HOST "Transfer-Encoding:Chunked\n", 0, 100, true},
        {HTTP_PUT, HOST "Transfer-Encoding:chunked\n", 0, 1000, true},
        /* names as long as those that count */
        {HTTP_GET, HOST "Hosts:b\nHot:c\nMost:d\nContent-Lengthy:e\n", 0, 100,
         false},
        {HTTP_GET, HOST "Content-Lenght:9\nTransfer-Encodlng:x\n", 0, 100,
         false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct http_head h = {0};

        if (!frame(&h, t[i].method, t[i].headers)) {
            fail_msg("%s: %s", t[i].headers, h.why);
        }
        assert_int_equal(h.length, t[i].length);
        assert_int_equal(h.body_max, t[i].body_max);
        assert_int_equal(h.is_chunked, t[i].is_chunked);
    }
}

static void
test_keep_alive(void **state)
{
    static const struct {
        const char *headers;
        bool keeps_1_1, keeps_1_0;
    } t[] = {
        {HOST, true, false},
        {HOST "Connection:close\n", false, false},
        {HOST "Connection:keep-alive\n", true, true},
        {HOST "Connection:x , Keep-Alive\n", true, true},
        {HOST "Connection:keep-alive\nConnection:x,CLOSE\n", false, false},
        {HOST "Connection:closed\n", true, false},
        {HOST "Connectiox:close\n", true, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        for (int old = 0; old < 2; old++) {
            struct http_head h = {.http_1_0 = old};

            assert_true(frame(&h, HTTP_GET, t[i].headers));
            assert_int_equal(h.keep_alive,
                             old ? t[i].keeps_1_0 : t[i].keeps_1_1);
        }
    }
}

/* HTTP/1.0 knows no 100. */
static void
test_expects_continue(void **state)
{
    (void)state;
    for (int old = 0; old < 2; old++) {
        struct http_head h = {.http_1_0 = old};

        assert_true(frame(&h, HTTP_GET, HOST "Expect:100-Continue\n"));
        assert_int_equal(h.expects_continue, !old);
        assert_true(frame(&h, HTTP_GET, HOST "Expect:200-ok\n"));
        assert_false(h.expects_continue);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_keep_alive),
        cmocka_unit_test(test_expects_continue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
