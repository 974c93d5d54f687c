/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Invocations of rows: scored at once or, if they are many, by threads.
 */
#include "common/base/clock.h"
#include "lookup/api/sagemaker_rows.h"
#include "lookup/core/scoring.h"
#include "lookup/store/mailbox.h"
#include "tests/lookup/sagemaker_booth.h"

#include <event2/event.h>

static void
test_rows(void **state)
{
    struct booth *b = *state;

    booth_begin(b, NULL);
    booth_ask(b, HTTP_POST, "/invocations", STR("1,2,3\n4,,6"));
    assert_int_equal(b->f.status, 200);
    assert_true(fake_has_header(&b->f, "X-Lookup-Source: live"));
    assert_true(fake_has_header(&b->f, "X-Lookup-Generation: 1"));
    assert_true(fake_has_header(&b->f, "Cache-Control: no-store"));
    assert_null(strstr(b->f.headers, "Variant"));
    booth_ask(b, HTTP_POST, "/endpoints/t/invocations", STR("1,x,3"));
    assert_int_equal(b->f.status, 415);
    assert_true(fake_has_header(&b->f, "x-amzn-ErrorType: ModelError"));
    assert_true(fake_has_header(
        &b->f, "x-Amzn-Invoked-Production-Variant: AllTraffic"));
    booth_ask(b, HTTP_POST, "/endpoints/other/invocations", STR("1,2,3"));
    assert_int_equal(b->f.status, 404);
    booth_ask(b, HTTP_POST, "/endpoints/%zz/invocations", STR("1,2,3"));
    assert_int_equal(b->f.status, 404);
    booth_end(b, 5);
}

/* Scoring threads, and the loop that hears of what they did. */
struct scorers {
    struct event_base *base;
    struct mailbox *mailbox;
    struct scoring *scoring;
};

static void
on_scored(void *arg, void *job)
{
    (void)arg;
    lookup_scored(job);
}

static void
hire(struct scorers *s, struct booth *b)
{
    s->base = event_base_new();
    assert_non_null(s->base);
    s->mailbox = mailbox_create(s->base, SCORING_JOBS_MAX, on_scored, NULL);
    assert_non_null(s->mailbox);
    assert_int_equal(scoring_create(&s->scoring, 1, NULL), RC_OK);
    lookup_set_scoring(b->ladder.lookup, s->scoring, s->mailbox);
}

static void
dismiss(struct scorers *s)
{
    scoring_destroy(&s->scoring);
    mailbox_destroy(&s->mailbox);
    event_base_free(s->base);
}

static void
await(struct scorers *s, const struct fake_exchange *f)
{
    while (f->answered == 0) {
        assert_true(event_base_loop(s->base, EVLOOP_ONCE) >= 0);
    }
    assert_int_equal(f->answered, 1);
}

/* Asked just now, as net would say. */
static void
invoke(struct booth *b, struct fake_exchange *f, const char *type,
       struct str body)
{
    fake_request(f, HTTP_POST, STR("/invocations"), body);
    fake_header(f, "content-type", type);
    f->req.arrived_ns = clock_mono_ns();
    sagemaker_handle(b->sagemaker, &f->x, &f->req);
}

/* Many rows are read, scored and written elsewhere, however short they are. */
static void
test_many_rows(void **state)
{
    struct booth *b = *state;
    struct scorers s;
    struct buf body;

    booth_begin(b, NULL);
    hire(&s, b);
    booth_ask(b, HTTP_POST, "/invocations", STR("1,2,3\n4,,6"));
    buf_init(&body, 4096);
    buf_c(&body, "{\"instances\":[[]");
    for (size_t i = 1; i < 600; i++) {
        buf_c(&body, ",[]");
    }
    buf_c(&body, "]}");
    invoke(b, &b->f, "application/json", buf_view(&body));
    assert_int_equal(b->f.answered, 0);
    await(&s, &b->f);
    assert_int_equal(b->f.status, 200);
    assert_int_equal(sagemaker_count_lines(str_of(b->f.body)), 600 + 1);
    buf_fini(&body);
    dismiss(&s);
    booth_end(b, 2 + 600);
}

/* Those kept for the scoring threads have a limit, and give their room back. */
static void
test_bodies_are_kept_while_there_is_room(void **state)
{
    struct fake_exchange *second = calloc(1, sizeof(*second));
    struct str body = {malloc(40 * MIB), 40 * MIB};
    struct booth *b = *state;
    struct scorers s;

    assert_true(second != NULL && body.p != NULL);
    memset((char *)body.p, 'x', body.len);
    booth_begin(b, NULL);
    hire(&s, b);
    for (int round = 0; round < 2; round++) {
        invoke(b, &b->f, "text/csv", body);
        assert_int_equal(b->f.answered, 0);
        invoke(b, second, "text/csv", body);
        assert_int_equal(second->answered, 1);
        assert_int_equal(second->status, 503);
        assert_true(fake_has_header(second, "Retry-After: 1"));
        await(&s, &b->f);
        assert_int_equal(b->f.status, 415);
    }
    dismiss(&s);
    booth_end(b, 4);
    free((char *)body.p);
    free(second);
}

/* It waited for longer than SageMaker does: nobody is there any more. */
static void
test_no_time_left(void **state)
{
    static const char row[] = "1,2,3\n";
    struct booth *b = *state;
    struct scorers s;
    struct buf body;

    booth_begin(b, NULL);
    hire(&s, b);
    buf_init(&body, MIB);
    while (body.len < 32 * 1024) {
        buf_c(&body, row);
    }
    fake_request(&b->f, HTTP_POST, STR("/invocations"), buf_view(&body));
    fake_header(&b->f, "content-type", "text/csv");
    b->f.req.arrived_ns = clock_mono_ns() - 60000000000;
    sagemaker_handle(b->sagemaker, &b->f.x, &b->f.req);
    await(&s, &b->f);
    assert_int_equal(b->f.status, 503);
    assert_non_null(strstr(b->f.body, "there is no time left"));
    buf_fini(&body);
    dismiss(&s);
    booth_end(b, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_bodies_are_kept_while_there_is_room),
        cmocka_unit_test(test_no_time_left),
    };

    return cmocka_run_group_tests(tests, booth_set_up, ladder_tear_down);
}
