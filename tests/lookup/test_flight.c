/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows that are scored elsewhere, and who shares them. The scoring threads are
 * played by the test: their submit keeps the jobs, and the test gives them
 * back. ladder_end() checks that each query is answered and counted once.
 */
#include "lookup/core/flight.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define JOBS 8

struct scoring {
    enum rc rc; /* what submit says */
    size_t n;
    struct scoring_job *job[JOBS];
};

enum rc
scoring_submit(struct scoring *s, struct scoring_job *job)
{
    if (s->rc == RC_OK) {
        CHECK(s->n < JOBS);
        s->job[s->n++] = job;
    }
    return s->rc;
}

static void
begin(struct ladder *l, struct scoring *s)
{
    memset(s, 0, sizeof(*s));
    ladder_begin(l, (struct lookup_policy){0});
    l->live->scorer->row_ns = SCORING_INLINE_NS + 1;
    lookup_set_scoring(l->lookup, s, NULL);
}

/* Ask for the row (age, 1, 2), to be answered by then. */
static void
ask(struct ladder *l, float age, uint64_t deadline_ns)
{
    struct query *q = ladder_query(l);

    q->live = true;
    q->deadline_ns = deadline_ns;
    assert_int_equal(query_set_feature(q, STR("age"), age), RC_OK);
    assert_int_equal(query_set_feature(q, STR("hour"), 1), RC_OK);
    assert_int_equal(query_set_feature(q, STR("spent"), 2), RC_OK);
    lookup_run(q);
}

static void
give_back(struct scoring *s, size_t i, enum rc rc)
{
    struct scoring_job *job = s->job[i];

    if (rc == RC_OK) {
        rc = generation_score(job->gen, job->x, job->nrow, job->out);
    }
    job->rc = rc;
    lookup_scored(job);
}

static uint64_t
coalesced(const struct ladder *l)
{
    return counter_get(&lookup_stats(l->lookup)->coalesced);
}

static void
test_scored_once(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s);
    for (int i = 0; i < 200; i++) {
        ask(l, 5, 1000);
    }
    assert_int_equal(s.n, 1);
    assert_int_equal(l->answered, 0);
    memset(l->y, 0, sizeof(l->y));
    give_back(&s, 0, RC_OK);
    assert_int_equal(l->answered, 200);
    assert_int_equal(ladder_counted(l, OUTCOME_LIVE), 200);
    assert_int_equal(coalesced(l), 199);
    assert_int_equal(hist_count(&lookup_stats(l->lookup)->scoring), 1);
    assert_true(l->y[0] == ladder_score(l, 5, 1, 2));
    ladder_end(l);
}

/* Each follower is given the prediction itself, not only the last. */
static void
sum_up(void *arg, const struct query *q, const struct answer *a)
{
    ladder_on_answer(((void **)arg)[0], q, a);
    *(float *)((void **)arg)[1] += a->prediction->y[0];
}

static void
test_each_has_the_prediction(void **state)
{
    struct ladder *l = *state;
    struct scoring s;
    float sum = 0;
    void *both[2] = {l, &sum};

    begin(l, &s);
    ask(l, 5, 1000);
    for (int i = 0; i < 3; i++) {
        struct query *q = ladder_query(l);
        char bytes[LADDER_ROW];

        q->live = true;
        q->done = sum_up;
        q->arg = both;
        lookup_run(q);
        fake_store_bytes(&l->store, (size_t)i, ladder_row(bytes, 5, 1, 2));
    }
    give_back(&s, 0, RC_OK);
    assert_true(sum == 3 * ladder_score(l, 5, 1, 2));
    ladder_end(l);
}

/* Another row, or another generation's, is another flight. */
static void
test_another_row(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s);
    ask(l, 5, 1000);
    ask(l, 6, 1000);
    ladder_publish(l, 2, 8);
    l->live->scorer->row_ns = SCORING_INLINE_NS + 1;
    ask(l, 5, 1000);
    assert_int_equal(s.n, 3);
    assert_int_equal(coalesced(l), 0);
    give_back(&s, 1, RC_OK);
    assert_int_equal(l->answered, 1);
    assert_true(l->y[0] == ladder_score(l, 6, 1, 2));
    give_back(&s, 2, RC_OK);
    assert_int_equal(l->last.gen->number, 2);
    give_back(&s, 0, RC_OK);
    assert_int_equal(l->last.gen->number, 1);
    ladder_end(l);
}

/* One that landed is not joined. */
static void
test_after_landing(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s);
    ask(l, 5, 1000);
    give_back(&s, 0, RC_OK);
    ask(l, 5, 1000);
    assert_int_equal(s.n, 2);
    give_back(&s, 1, RC_OK);
    assert_int_equal(hist_count(&lookup_stats(l->lookup)->scoring), 2);
    ladder_end(l);
}

static void
test_followers_deadlines(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s);
    assert_false(lookup_tick(l->lookup, 1));
    ask(l, 5, 1000);
    assert_false(lookup_tick(l->lookup, 1));
    ask(l, 5, 300);
    ask(l, 5, 500);
    ask(l, 5, 100);
    assert_true(lookup_tick(l->lookup, 99));
    assert_int_equal(l->answered, 0);
    assert_true(lookup_tick(l->lookup, 100));
    assert_int_equal(l->answered, 1);
    assert_int_equal(l->last.code, ANSWER_TOO_COSTLY);
    assert_false(lookup_tick(l->lookup, 2000));
    assert_int_equal(l->answered, 3);
    give_back(&s, 0, RC_OK);
    assert_int_equal(ladder_counted(l, OUTCOME_ERROR), 3);
    assert_int_equal(ladder_counted(l, OUTCOME_LIVE), 1);
    ladder_end(l);
}

/* The leader had no time left: whoever has the most goes on for those left. */
static void
test_takeover(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s);
    ask(l, 5, 300);
    ask(l, 5, 200);
    ask(l, 5, 900);
    ask(l, 5, 400);
    ask(l, 5, 800);
    give_back(&s, 0, RC_TIMEOUT);
    assert_int_equal(l->answered, 2);
    assert_int_equal(l->last.code, ANSWER_TOO_COSTLY);
    assert_int_equal(s.n, 2);
    assert_int_equal(s.job[1]->deadline_ns, 900);
    assert_true(lookup_tick(l->lookup, 399));
    give_back(&s, 1, RC_OK);
    assert_int_equal(ladder_counted(l, OUTCOME_LIVE), 3);
    assert_false(lookup_tick(l->lookup, 1000));
    ladder_end(l);
}

static void
test_nobody_can_take_over(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s);
    ask(l, 5, 300);
    ask(l, 5, 900);
    ask(l, 5, 400);
    give_back(&s, 0, RC_TIMEOUT);
    give_back(&s, 1, RC_TIMEOUT);
    assert_int_equal(s.n, 2);
    assert_int_equal(ladder_counted(l, OUTCOME_ERROR), 3);
    ladder_end(l);
}

static void
test_no_room_to_take_over(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s);
    ask(l, 5, 300);
    ask(l, 5, 900);
    s.rc = RC_FULL;
    give_back(&s, 0, RC_TIMEOUT);
    assert_int_equal(ladder_counted(l, OUTCOME_ERROR), 2);
    ladder_end(l);
}

static void
test_row_the_model_rejects(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s);
    ask(l, 5, 300);
    ask(l, 5, 900);
    give_back(&s, 0, RC_INVAL);
    assert_int_equal(s.n, 1);
    assert_int_equal(l->last.code, ANSWER_TABLE_UNAVAILABLE);
    assert_int_equal(ladder_counted(l, OUTCOME_ERROR), 2);
    ladder_end(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scored_once),
        cmocka_unit_test(test_each_has_the_prediction),
        cmocka_unit_test(test_another_row),
        cmocka_unit_test(test_after_landing),
        cmocka_unit_test(test_followers_deadlines),
        cmocka_unit_test(test_takeover),
        cmocka_unit_test(test_nobody_can_take_over),
        cmocka_unit_test(test_no_room_to_take_over),
        cmocka_unit_test(test_row_the_model_rejects),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
