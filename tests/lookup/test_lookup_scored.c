/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows too costly for a worker's loop. The scoring threads are played by the
 * test: their submit keeps the jobs, and the test gives them back.
 */
#include "lookup/core/lookup.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct scoring {
    enum rc rc; /* what submit says */
    size_t n;
    struct scoring_job *job[SCORING_JOBS_MAX + 1];
};

enum rc
scoring_submit(struct scoring *s, struct scoring_job *job)
{
    if (s->rc == RC_OK) {
        s->job[s->n++] = job;
    }
    return s->rc;
}

/* Of a row that begins with `first`: equal rows are scored together. */
static void
ask_row(struct ladder *l, float first)
{
    struct query *q = ladder_query(l);

    q->live = true;
    for (size_t i = 0; i < SAMPLE_FEATURES; i++) {
        struct str name = schema_name(q->gen->schema, i);

        assert_int_equal(query_set_feature(q, name, first + (float)i), RC_OK);
    }
    lookup_run(q);
}

static void
ask_whole_row(struct ladder *l)
{
    ask_row(l, 0);
}

static void
give_back(struct scoring *s, enum rc rc)
{
    struct scoring_job *job = s->job[--s->n];

    if (rc == RC_OK) {
        rc = generation_score(job->gen, job->x, job->nrow, job->out);
    }
    job->rc = rc;
    lookup_scored(job);
}

static void
begin(struct ladder *l, struct scoring *s, uint64_t row_ns)
{
    memset(s, 0, sizeof(*s));
    ladder_begin(l, (struct lookup_policy){0});
    l->live->scorer->row_ns = row_ns;
    lookup_set_scoring(l->lookup, s, NULL);
}

static void
test_cheap_rows_stay(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s, SCORING_INLINE_NS);
    ask_whole_row(l);
    assert_int_equal(s.n, 0);
    assert_int_equal(l->last.outcome, OUTCOME_LIVE);
    ladder_end(l);
}

static void
test_costly_rows_go(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s, SCORING_INLINE_NS + 1);
    ask_whole_row(l);
    assert_int_equal(s.n, 1);
    assert_int_equal(l->answered, 0);
    assert_int_equal(s.job[0]->deadline_ns, 1000);
    give_back(&s, RC_OK);
    assert_int_equal(l->last.outcome, OUTCOME_LIVE);
    assert_true(l->y[0] == ladder_score(l, 0, 1, 2));
    ladder_end(l);
}

static void
test_not_begun(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s, SCORING_INLINE_NS + 1);
    ask_whole_row(l);
    give_back(&s, RC_TIMEOUT);
    assert_int_equal(l->last.code, ANSWER_TOO_COSTLY);
    s.rc = RC_FULL;
    ask_whole_row(l);
    assert_int_equal(l->last.code, ANSWER_TOO_COSTLY);
    assert_int_equal(hist_count(&lookup_stats(l->lookup)->scoring), 0);
    ladder_end(l);
}

static void
test_row_the_model_rejects(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s, SCORING_INLINE_NS + 1);
    ask_whole_row(l);
    give_back(&s, RC_INVAL);
    assert_int_equal(l->last.code, ANSWER_TABLE_UNAVAILABLE);
    ladder_end(l);
}

/* Threads may be done with any number before the worker's loop turns. */
static void
test_jobs_fit_the_mailbox(void **state)
{
    struct ladder *l = *state;
    struct scoring s;

    begin(l, &s, SCORING_INLINE_NS + 1);
    for (size_t i = 0; i < SCORING_JOBS_MAX; i++) {
        ask_row(l, (float)i);
    }
    assert_int_equal(l->answered, 0);
    ask_row(l, SCORING_JOBS_MAX);
    assert_int_equal(l->last.code, ANSWER_TOO_COSTLY);
    give_back(&s, RC_TIMEOUT);
    ask_row(l, SCORING_JOBS_MAX);
    assert_int_equal(s.n, SCORING_JOBS_MAX);
    while (s.n > 0) {
        give_back(&s, RC_TIMEOUT);
    }
    ladder_end(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cheap_rows_stay),
        cmocka_unit_test(test_costly_rows_go),
        cmocka_unit_test(test_not_begun),
        cmocka_unit_test(test_row_the_model_rejects),
        cmocka_unit_test(test_jobs_fit_the_mailbox),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
