/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/http_render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DATE "Sun, 22 Nov 2026 02:00:00 GMT"

static const struct http_answer plain = {
    .status = 200,
    .content_type = "text/plain",
    .headers = STR("X-Of: us\r\n"),
    .body = STR("body"),
};

static void
check(const struct http_reply *r, const struct http_answer *a, const char *want)
{
    struct buf out;

    buf_init(&out, 64 * 1024);
    buf_c(&out, "before ");
    http_render(&out, r, a);
    assert_false(buf_failed(&out));
    if (!str_eq(buf_view(&out), str_of(want))) {
        fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(buf_view(&out)), want);
    }
    buf_fini(&out);
}

static void
test_all_there_is(void **state)
{
    const struct http_reply r = {
        .keep_alive = true, .request_id = STR("a-1"), .date = DATE};

    (void)state;
    check(&r, &plain,
          "before HTTP/1.1 200 OK\r\nDate: " DATE "\r\n"
          "Content-Type: text/plain\r\nContent-Length: 4\r\n"
          "X-Request-Id: a-1\r\nX-Of: us\r\n\r\nbody");
}

static void
test_how_the_connection_goes_on(void **state)
{
    static const struct {
        bool http_1_0, keep_alive;
        const char *says;
    } t[] = {
        {false, true, ""},
        {false, false, "Connection: close\r\n"},
        {true, true, "Connection: keep-alive\r\n"},
        {true, false, "Connection: close\r\n"},
    };
    const struct http_answer empty = {.status = 404};
    char want[256];

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        const struct http_reply r = {.http_1_0 = t[i].http_1_0,
                                     .keep_alive = t[i].keep_alive,
                                     .date = DATE};

        snprintf(want, sizeof(want),
                 "before HTTP/1.1 404 Not Found\r\nDate: " DATE "\r\n"
                 "Content-Length: 0\r\n%s\r\n",
                 t[i].says);
        check(&r, &empty, want);
    }
}

/* HEAD has the length of what GET would send; 204 and 304 have none. */
static void
test_without_a_body(void **state)
{
    const struct http_reply r = {.keep_alive = true, .date = DATE};
    const struct http_reply head = {
        .is_head = true, .keep_alive = true, .date = DATE};
    struct http_answer a = plain;

    (void)state;
    check(&head, &a,
          "before HTTP/1.1 200 OK\r\nDate: " DATE "\r\n"
          "Content-Type: text/plain\r\nContent-Length: 4\r\n"
          "X-Of: us\r\n\r\n");
    a.status = 304;
    check(&r, &a,
          "before HTTP/1.1 304 Not Modified\r\nDate: " DATE "\r\n"
          "Content-Type: text/plain\r\nX-Of: us\r\n\r\n");
    a = (struct http_answer){.status = 204};
    check(&r, &a, "before HTTP/1.1 204 No Content\r\nDate: " DATE "\r\n\r\n");
}

/* The longest request id and much of the rest fit what is reserved. */
static void
test_room(void **state)
{
    char id[HTTP_REQUEST_ID_MAX], lines[4096], body[4096];
    const struct http_reply r = {
        .http_1_0 = true,
        .keep_alive = true,
        .request_id = {id, sizeof(id)},
        .date = DATE,
    };
    const struct http_answer a = {
        .status = 503,
        .content_type = "application/vnd.a-long-one+json; charset=utf-8",
        .headers = {lines, sizeof(lines)},
        .body = {body, sizeof(body)},
    };
    struct buf out;

    (void)state;
    memset(id, 'i', sizeof(id));
    memset(lines, 'h', sizeof(lines));
    memset(body, 'b', sizeof(body));
    buf_init(&out, 64 * 1024);
    http_render(&out, &r, &a);
    assert_true(str_ends(buf_view(&out), a.body));
    buf_fini(&out);

    /* Less room than that: nothing of it is there. */
    buf_init(&out, 4096);
    http_render(&out, &r, &a);
    assert_true(buf_failed(&out));
    assert_int_equal(out.len, 0);
    buf_fini(&out);
}

static void
test_error(void **state)
{
    char body[HTTP_ERROR_MAX];
    struct http_answer a =
        http_render_error(414, "the URL is too long", "shorten it", body);

    (void)state;
    assert_int_equal(a.status, 414);
    assert_int_equal(a.dialect, DIALECT_NONE);
    assert_string_equal(a.content_type, "application/json");
    assert_true(str_eq(a.body, STR("{\"error\":{\"code\":\"uri_too_long\","
                                   "\"message\":\"the URL is too long\","
                                   "\"hint\":\"shorten it\"}}")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_there_is),
        cmocka_unit_test(test_how_the_connection_goes_on),
        cmocka_unit_test(test_without_a_body),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
