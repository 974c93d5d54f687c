/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/http.h"

#include "tests/lookup/conn_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOST "Host: a\r\n"

/* A service that answers "METHOD path body", or later when asked to. */
struct service {
    struct fixture f;
    struct http *http;
    struct exchange *later;
    size_t nrequests;
};

static void
respond(struct exchange *x, int status, struct str body)
{
    struct http_answer a = {
        .status = status,
        .dialect = DIALECT_NATIVE,
        .content_type = "text/plain",
        .headers = STR("X-Of: us\r\n"),
        .body = body,
    };

    x->respond(x, &a);
}

static void
on_request(void *arg, struct exchange *x, const struct http_request *req)
{
    struct service *s = arg;
    char text[256];
    int n = snprintf(text, sizeof(text), "%d %.*s %.*s", (int)req->method,
                     STR_ARG(req->path), STR_ARG(req->body));

    n = n < (int)sizeof(text) ? n : (int)sizeof(text) - 1;
    s->nrequests++;
    if (str_eq(req->path, STR("/later"))) {
        s->later = x;
    } else if (str_eq(req->path, STR("/304"))) {
        respond(x, 304, STR("not sent"));
    } else if (str_eq(req->path, STR("/204"))) {
        x->respond(x, &(struct http_answer){.status = 204});
    } else {
        respond(x, 200, (struct str){text, (size_t)n});
    }
}

static void
service_init(struct service *s, const struct conn_options *o)
{
    *s = (struct service){0};
    fixture_init(&s->f, o);
    s->http = http_create(&http_limits_default, on_request, s, &s->f.stats);
    assert_non_null(s->http);
}

static void
service_fini(struct service *s)
{
    fixture_fini(&s->f);
    http_destroy(&s->http);
}

/* The Date of each answer, which is now, becomes "now". */
static void
mask_dates(struct buf *b)
{
    char *from = b->p, *date;

    buf_char(b, '\0');
    while ((date = strstr(from, "Date: ")) != NULL) {
        char *end = strchr(date, '\r');

        assert_int_equal(end - date, 35);
        memcpy(date + 6, "now", 3);
        memmove(date + 9, end, strlen(end) + 1);
        from = date + 9;
    }
    b->len = strlen(b->p);
}

/* Everything that comes back for `requests` on one connection. */
static void
check_answers(const char *requests, const char *answers)
{
    struct service s;
    int fd;

    service_init(&s, &conn_options_default);
    fd = fixture_connect(&s.f, &proto_http, s.http);
    assert_true(fixture_send(&s.f, fd, str_of(requests)));
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    (void)fixture_read_all(&s.f, fd);
    mask_dates(&s.f.got);
    assert_string_equal(s.f.got.p, answers);
    close(fd);
    service_fini(&s);
}

#define OK(length, more)                                                       \
    "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: text/plain\r\n"             \
    "Content-Length: " length "\r\n" more "X-Of: us\r\n\r\n"

static void
test_answers(void **state)
{
    (void)state;
    check_answers("GET /x HTTP/1.1\r\n" HOST "\r\n", OK("5", "") "0 /x ");
    check_answers("HEAD /x HTTP/1.1\r\n" HOST "\r\n"
                  "GET /y HTTP/1.1\r\n" HOST "\r\n",
                  OK("5", "") OK("5", "") "0 /y ");
    check_answers("GET /204 HTTP/1.1\r\n" HOST "\r\n",
                  "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n");
    check_answers("GET /304 HTTP/1.1\r\n" HOST "\r\n",
                  "HTTP/1.1 304 Not Modified\r\nDate: now\r\n"
                  "Content-Type: text/plain\r\nX-Of: us\r\n\r\n");
    check_answers("POST /p HTTP/1.1\r\n" HOST
                  "Transfer-Encoding: chunked\r\n\r\n"
                  "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
                  "PUT /q HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nde",
                  OK("8", "") "2 /p abc" OK("7", "") "3 /q de");
}

static void
test_keeps_alive_as_asked(void **state)
{
    (void)state;
    check_answers("GET /x HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"
                  "GET /y HTTP/1.1\r\n" HOST "\r\n",
                  OK("5", "Connection: close\r\n") "0 /x ");
    check_answers("GET /x HTTP/1.0\r\n\r\nGET /y HTTP/1.0\r\n\r\n",
                  OK("5", "Connection: close\r\n") "0 /x ");
    check_answers("GET /x HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
                  OK("5", "Connection: keep-alive\r\n") "0 /x ");
}

static void
test_request_id_is_echoed(void **state)
{
    char request[512], id[130];

    (void)state;
    check_answers("GET /x HTTP/1.1\r\n" HOST "x-request-id: a~!\r\n\r\n",
                  OK("5", "X-Request-Id: a~!\r\n") "0 /x ");
    check_answers("GET /x HTTP/1.1\r\n" HOST "x-request-id: a b\r\n\r\n",
                  OK("5", "") "0 /x ");
    memset(id, 'i', sizeof(id));
    (void)snprintf(request, sizeof(request),
                   "GET /x HTTP/1.1\r\n" HOST "x-request-id: %.129s\r\n\r\n",
                   id);
    check_answers(request, OK("5", "") "0 /x ");
}

static void
test_what_is_no_request(void **state)
{
    (void)state;
    check_answers(
        "GET /x HTTP/1.1\r\n" HOST "\r\n"
        "GET / HTTP/3.0\r\n" HOST "\r\n"
        "GET /y HTTP/1.1\r\n" HOST "\r\n",
        OK("5", "") "0 /x "
                    "HTTP/1.1 505 HTTP Version Not Supported\r\nDate: now\r\n"
                    "Content-Type: application/json\r\nContent-Length: 146\r\n"
                    "Connection: close\r\n\r\n"
                    "{\"error\":{\"code\":\"version_not_supported\","
                    "\"message\":\"only "
                    "HTTP/1.1 and HTTP/1.0 are spoken here\",\"hint\":\"this "
                    "connection "
                    "is closed, see RFC 9112\"}}");
}

static void
test_counts(void **state)
{
    struct service s;
    struct buf out;
    int fd;

    (void)state;
    service_init(&s, &conn_options_default);
    fd = fixture_connect(&s.f, &proto_http, s.http);
    assert_true(fixture_send(&s.f, fd,
                             STR("GET /x HTTP/1.1\r\n" HOST "\r\n"
                                 "GET /y HTTP/1.1\r\n" HOST "\r\n"
                                 "GET /304 HTTP/1.1\r\n" HOST "\r\n"
                                 "\n")));
    (void)fixture_read_all(&s.f, fd);
    buf_init(&out, 1 << 20);
    net_stats_render(&s.f.stats, NULL, &out);
    buf_char(&out, '\0');
    assert_non_null(strstr(
        out.p, "lookup_requests_total{dialect=\"native\",code=\"200\"} 2\n"));
    assert_non_null(strstr(
        out.p, "lookup_requests_total{dialect=\"native\",code=\"304\"} 1\n"));
    assert_non_null(strstr(
        out.p, "lookup_requests_total{dialect=\"none\",code=\"400\"} 1\n"));
    assert_non_null(strstr(out.p,
                           "lookup_request_seconds_count{dialect=\"native\","
                           "table=\"\",source=\"\"} 3\n"));
    assert_non_null(strstr(out.p, "lookup_connections 1\n"));
    buf_fini(&out);
    close(fd);
    service_fini(&s);
}

static void
test_continue(void **state)
{
    const char *head = "PUT /x HTTP/1.1\r\n" HOST "Content-Length: 2\r\n"
                       "Expect: 100-continue\r\n\r\n";
    struct service s;
    int fd;

    (void)state;
    service_init(&s, &conn_options_default);
    fd = fixture_connect(&s.f, &proto_http, s.http);
    assert_true(fixture_send(&s.f, fd, str_of(head)));
    assert_true(str_eq(fixture_read(&s.f, fd, 25),
                       STR("HTTP/1.1 100 Continue\r\n\r\n")));
    assert_true(fixture_send(&s.f, fd, STR("a")));
    assert_true(fixture_send(&s.f, fd, STR("b")));
    (void)fixture_read(&s.f, fd, 100);
    mask_dates(&s.f.got);
    assert_string_equal(s.f.got.p, OK("7", "") "3 /x ab");
    close(fd);
    service_fini(&s);
}

/* The 100 waits for the answers before it. */
static void
test_continue_keeps_its_turn(void **state)
{
    struct service s;
    int fd;

    (void)state;
    service_init(&s, &conn_options_default);
    fd = fixture_connect(&s.f, &proto_http, s.http);
    assert_true(
        fixture_send(&s.f, fd,
                     STR("GET /later HTTP/1.1\r\n" HOST "\r\n"
                         "PUT /x HTTP/1.1\r\n" HOST "Content-Length: 2\r\n"
                         "Expect: 100-continue\r\n\r\n")));
    fixture_turn(&s.f);
    assert_int_equal(counter_get(&s.f.stats.sent_bytes), 0);
    respond(s.later, 200, STR("late"));
    (void)fixture_read(&s.f, fd, 140);
    mask_dates(&s.f.got);
    assert_string_equal(s.f.got.p, OK("4", "") "late"
                                               "HTTP/1.1 100 Continue\r\n\r\n");
    close(fd);
    service_fini(&s);
}

static void
test_half_a_request_and_silence(void **state)
{
    struct service s;
    int fd;

    (void)state;
    service_init(&s, &conn_options_default);
    fd = fixture_connect(&s.f, &proto_http, s.http);
    assert_true(fixture_send(&s.f, fd, STR("GET / HTTP/1.1\r\nHo")));
    conn_group_expire(s.f.group, clock_mono_ns() + s.f.options.head_ns);
    (void)fixture_read_all(&s.f, fd);
    mask_dates(&s.f.got);
    assert_non_null(strstr(s.f.got.p, "HTTP/1.1 408 Request Timeout\r\n"));
    assert_non_null(strstr(s.f.got.p, "\r\nConnection: close\r\n"));
    assert_non_null(strstr(s.f.got.p, "{\"error\":{\"code\":\"timeout\","));
    assert_int_equal(s.nrequests, 0);
    close(fd);
    service_fini(&s);
}

static void
test_too_many_connections(void **state)
{
    struct conn_options o = conn_options_default;
    struct service s;
    int fd;

    (void)state;
    o.max_conns = 0;
    service_init(&s, &o);
    fd = fixture_connect(&s.f, &proto_http, s.http);
    (void)fixture_read_all(&s.f, fd);
    mask_dates(&s.f.got);
    assert_non_null(strstr(s.f.got.p, "HTTP/1.1 503 Service Unavailable\r\n"));
    assert_non_null(strstr(s.f.got.p, "\r\nRetry-After: 1\r\n"));
    close(fd);
    service_fini(&s);
}

/* Those in flight when the server drains are told to go elsewhere. */
static void
test_drain_says_close(void **state)
{
    struct service s;
    int fd, other;

    (void)state;
    service_init(&s, &conn_options_default);
    fd = fixture_connect(&s.f, &proto_http, s.http);
    other = fixture_connect(&s.f, &proto_http, s.http);
    assert_true(
        fixture_send(&s.f, fd, STR("GET /later HTTP/1.1\r\n" HOST "\r\n")));
    assert_int_equal(send(other, "GET /x HTTP/1.1\r\n" HOST "\r\n", 28, 0), 28);
    conn_group_drain(s.f.group);
    respond(s.later, 200, STR("late"));
    (void)fixture_read_all(&s.f, fd);
    mask_dates(&s.f.got);
    assert_string_equal(s.f.got.p, OK("4", "Connection: close\r\n") "late");
    (void)fixture_read_all(&s.f, other);
    mask_dates(&s.f.got);
    assert_string_equal(s.f.got.p, OK("5", "Connection: close\r\n") "0 /x ");
    close(fd);
    close(other);
    service_fini(&s);
}

/* A large body, written in pieces of all sizes, and the next request. */
static void
test_large_body(void **state)
{
    static char body[3 * 1024 * 1024];
    struct service s;
    char head[128];
    int fd, n;

    (void)state;
    service_init(&s, &conn_options_default);
    fd = fixture_connect(&s.f, &proto_http, s.http);
    memset(body, 'x', sizeof(body));
    n = snprintf(head, sizeof(head),
                 "PUT /x HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n",
                 sizeof(body));
    assert_true(fixture_send(&s.f, fd, (struct str){head, (size_t)n}));
    assert_true(fixture_send(&s.f, fd, (struct str){body, sizeof(body)}));
    assert_true(fixture_send(&s.f, fd, STR("GET /y HTTP/1.1\r\n" HOST "\r\n")));
    (void)fixture_read(&s.f, fd, 400);
    assert_int_equal(s.nrequests, 2);
    close(fd);
    service_fini(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_keeps_alive_as_asked),
        cmocka_unit_test(test_request_id_is_echoed),
        cmocka_unit_test(test_what_is_no_request),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_continue),
        cmocka_unit_test(test_continue_keeps_its_turn),
        cmocka_unit_test(test_half_a_request_and_silence),
        cmocka_unit_test(test_too_many_connections),
        cmocka_unit_test(test_drain_says_close),
        cmocka_unit_test(test_large_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
