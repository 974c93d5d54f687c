/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which request gets what, on a ladder whose store is the test, or without any
 * table.
 */
#include "lookup/api/sagemaker.h"

#include "common/base/clock.h"
#include "lookup/api/sagemaker_rows.h"
#include "lookup/core/scoring.h"
#include "lookup/store/mailbox.h"
#include "tests/lookup/fake_exchange.h"
#include "tests/support/ladder.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NO_BODY ((struct str){NULL, 0})
#define MIB     (1024 * 1024)

struct booth {
    struct ladder ladder; /* first: ladder_tear_down ends it */
    struct sagemaker_settings settings;
    struct desk desk;
    struct sagemaker *sagemaker;
    struct fake_exchange f;
};

static void
begin(struct booth *b, const char *default_table)
{
    ladder_begin(&b->ladder, (struct lookup_policy){.timeout_ns = 50000000});
    b->settings = (struct sagemaker_settings){.max_payload_bytes = 5 * MIB,
                                              .concurrent = 3};
    desk_init(&b->desk, b->ladder.lookup, default_table);
    b->sagemaker = sagemaker_create(&b->desk, &b->settings);
    assert_non_null(b->sagemaker);
}

/* counted: answers under this dialect, of any outcome. */
static void
end(struct booth *b, uint64_t counted)
{
    const struct lookup_stats *s = lookup_stats(b->ladder.lookup);
    uint64_t sum = 0;

    for (int i = 0; i < OUTCOME_COUNT; i++) {
        sum += counter_get(&s->answers[0][DIALECT_SAGEMAKER][i]);
        sum += counter_get(&s->answers[1][DIALECT_SAGEMAKER][i]);
    }
    assert_int_equal(sum, counted);
    sagemaker_destroy(&b->sagemaker);
    assert_null(b->sagemaker);
    desk_fini(&b->desk);
    ladder_end(&b->ladder);
}

static void
ask(struct booth *b, enum http_method method, const char *path, struct str body)
{
    fake_request(&b->f, method, str_of(path), body);
    fake_header(&b->f, "content-type", "text/csv");
    sagemaker_handle(b->sagemaker, &b->f.x, &b->f.req);
    assert_int_equal(b->f.answered, 1);
}

static void
test_routes(void **state)
{
    static const struct {
        enum http_method method;
        const char *path;
        int status;
    } routes[] = {
        {HTTP_GET, "/ping", 200},
        {HTTP_HEAD, "/execution-parameters", 200},
        {HTTP_POST, "/ping", 405},
        {HTTP_GET, "/invocations", 405},
        {HTTP_PUT, "/endpoints/t/invocations", 405},
        {HTTP_POST, "/invocations", 204},
        {HTTP_POST, "/endpoints/t/invocations", 204},
        {HTTP_POST, "/endpoints/t/invocations/x", 404},
        {HTTP_POST, "/endpoints/t", 404},
        {HTTP_POST, "/models", 404},
    };
    struct booth *b = *state;

    begin(b, NULL);
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        ask(b, routes[i].method, routes[i].path, NO_BODY);
        assert_int_equal(b->f.status, routes[i].status);
    }
    ask(b, HTTP_GET, "/execution-parameters", NO_BODY);
    assert_string_equal(b->f.body,
                        "{\"MaxConcurrentTransforms\": 3, \"BatchStrategy\": "
                        "\"MULTI_RECORD\", \"MaxPayloadInMB\": 5}");
    ask(b, HTTP_GET, "/invocations", NO_BODY);
    assert_true(fake_has_header(&b->f, "Allow: POST"));
    end(b, 0);
}

static void
test_speaks(void **state)
{
    static const struct {
        const char *path;
        bool always, large;
    } paths[] = {
        {"/ping", true, false},       {"/execution-parameters", true, false},
        {"/invocations", true, true}, {"/endpoints/a/invocations", true, true},
        {"/ping/", false, false},     {"/", false, false},
    };
    struct booth *b = *state;

    begin(b, NULL);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        fake_request(&b->f, HTTP_POST, str_of(paths[i].path), NO_BODY);
        b->settings.container = false;
        assert_int_equal(sagemaker_speaks(b->sagemaker, &b->f.req),
                         paths[i].always);
        b->settings.container = true;
        assert_true(sagemaker_speaks(b->sagemaker, &b->f.req));
        assert_int_equal(sagemaker_is_invocation(&b->f.req), paths[i].large);
    }
    end(b, 0);
}

static void
test_rows(void **state)
{
    struct booth *b = *state;

    begin(b, NULL);
    ask(b, HTTP_POST, "/invocations", STR("1,2,3\n4,,6"));
    assert_int_equal(b->f.status, 200);
    assert_true(fake_has_header(&b->f, "X-Lookup-Source: live"));
    assert_true(fake_has_header(&b->f, "X-Lookup-Generation: 1"));
    assert_true(fake_has_header(&b->f, "Cache-Control: no-store"));
    assert_null(strstr(b->f.headers, "Variant"));
    ask(b, HTTP_POST, "/endpoints/t/invocations", STR("1,x,3"));
    assert_int_equal(b->f.status, 415);
    assert_true(fake_has_header(&b->f, "x-amzn-ErrorType: ModelError"));
    assert_true(fake_has_header(
        &b->f, "x-Amzn-Invoked-Production-Variant: AllTraffic"));
    ask(b, HTTP_POST, "/endpoints/other/invocations", STR("1,2,3"));
    assert_int_equal(b->f.status, 404);
    ask(b, HTTP_POST, "/endpoints/%zz/invocations", STR("1,2,3"));
    assert_int_equal(b->f.status, 404);
    end(b, 5);
}

static void
on_scored(void *arg, void *job)
{
    (void)arg;
    lookup_scored(job);
}

/* Many rows are read, scored and written elsewhere, however short they are. */
static void
test_many_rows(void **state)
{
    struct event_base *base = event_base_new();
    struct booth *b = *state;
    struct mailbox *mailbox;
    struct scoring *scoring;
    struct buf body;
    struct err e;

    assert_non_null(base);
    mailbox = mailbox_create(base, SCORING_JOBS_MAX, on_scored, NULL);
    assert_non_null(mailbox);
    assert_int_equal(scoring_create(&scoring, 1, &e), RC_OK);
    begin(b, NULL);
    lookup_set_scoring(b->ladder.lookup, scoring, mailbox);
    ask(b, HTTP_POST, "/invocations", STR("1,2,3\n4,,6"));
    buf_init(&body, 4096);
    buf_c(&body, "{\"instances\":[[]");
    for (size_t i = 1; i < 600; i++) {
        buf_c(&body, ",[]");
    }
    buf_c(&body, "]}");
    fake_request(&b->f, HTTP_POST, STR("/invocations"), buf_view(&body));
    fake_header(&b->f, "content-type", "application/json");
    b->f.req.arrived_ns = clock_mono_ns();
    sagemaker_handle(b->sagemaker, &b->f.x, &b->f.req);
    assert_int_equal(b->f.answered, 0);
    while (b->f.answered == 0) {
        assert_true(event_base_loop(base, EVLOOP_ONCE) >= 0);
    }
    assert_int_equal(b->f.status, 200);
    assert_int_equal(sagemaker_count_lines(str_of(b->f.body)), 600 + 1);
    buf_fini(&body);
    scoring_destroy(&scoring);
    mailbox_destroy(&mailbox);
    event_base_free(base);
    end(b, 2 + 600);
}

/* Headers that come back: only what is short and visible. */
static void
test_echo(void **state)
{
    char longest[1026];
    struct booth *b = *state;

    memset(longest, 'a', sizeof(longest));
    begin(b, NULL);
    for (size_t n = 1023; n < 1026; n++) {
        longest[n] = '\0';
        fake_request(&b->f, HTTP_POST, STR("/invocations"), STR("0:1"));
        fake_header(&b->f, "X-Amzn-SageMaker-Custom-Attributes", longest);
        sagemaker_handle(b->sagemaker, &b->f.x, &b->f.req);
        assert_int_equal(b->f.status, 200);
        assert_int_equal(strstr(b->f.headers, "Custom-Attributes") != NULL,
                         n <= 1024);
        longest[n] = 'a';
    }
    end(b, 3);
}

static void
test_no_table(void **state)
{
    struct booth *b = *state;

    begin(b, "nothing");
    ask(b, HTTP_GET, "/ping", NO_BODY);
    assert_int_equal(b->f.status, 503);
    ask(b, HTTP_POST, "/invocations", STR("1,2,3"));
    assert_int_equal(b->f.status, 404);
    ask(b, HTTP_POST, "/endpoints/t/invocations", STR("1,2,3"));
    assert_int_equal(b->f.status, 200);
    lookup_set_tables(b->ladder.lookup, NULL);
    ask(b, HTTP_POST, "/endpoints/t/invocations", STR("1,2,3"));
    assert_int_equal(b->f.status, 503);
    assert_true(fake_has_header(&b->f, "Retry-After: 1"));
    assert_true(fake_has_header(&b->f, "x-amzn-ErrorType: ServiceUnavailable"));
    ask(b, HTTP_GET, "/ping", NO_BODY);
    assert_int_equal(b->f.status, 503);
    end(b, 3);
}

static void
test_users(void **state)
{
    struct booth *b = *state;
    const float y = 0.5f;
    char record[4];

    begin(b, NULL);
    fake_request(&b->f, HTTP_POST, STR("/invocations"), STR("u1\nu2\n"));
    fake_header(&b->f, "content-type", "text/csv");
    fake_header(&b->f, "X-Amzn-SageMaker-Custom-Attributes", "a, lookup=user");
    sagemaker_handle(b->sagemaker, &b->f.x, &b->f.req);
    assert_int_equal(b->f.answered, 0);
    record_put_f32(record, &y, 1);
    fake_store_bytes(&b->ladder.store, 0, (struct str){record, 4});
    fake_store_bytes(&b->ladder.store, 1, (struct str){record, 4});
    assert_int_equal(b->f.answered, 1);
    assert_string_equal(b->f.body, "0.5\n0.5\n");
    assert_true(fake_has_header(&b->f, "X-Lookup-Source: precomputed"));
    end(b, 2);
}

static int
set_up(void **state)
{
    struct booth *b = calloc(1, sizeof(*b));

    CHECK(b != NULL && evthread_use_pthreads() == 0);
    sample_init(&b->ladder.sample, 1);
    *state = b;
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes),    cmocka_unit_test(test_speaks),
        cmocka_unit_test(test_rows),      cmocka_unit_test(test_echo),
        cmocka_unit_test(test_no_table),  cmocka_unit_test(test_users),
        cmocka_unit_test(test_many_rows),
    };

    return cmocka_run_group_tests(tests, set_up, ladder_tear_down);
}
