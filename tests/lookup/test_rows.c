/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows without a user: together they are one job, done here when it is cheap
 * and by the scoring threads, played by the test, when it is not.
 */
#include "lookup/core/rows.h"
#include "tests/support/ladder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define N 3

struct scoring {
    enum rc rc; /* what submit says */
    struct scoring_job *job;
};

enum rc
scoring_submit(struct scoring *s, struct scoring_job *job)
{
    if (s->rc == RC_OK) {
        s->job = job;
    }
    return s->rc;
}

struct seen {
    unsigned times;
    enum rc rc;
    float y[N];
};

static void
on_done(void *arg, const struct rows *r, enum rc rc)
{
    struct seen *s = arg;

    s->times++;
    s->rc = rc;
    if (rc == RC_OK) {
        assert_int_equal(r->out.n, 1);
        memcpy(s->y, r->out.y, sizeof(s->y));
    }
}

/* Rows whose ages are 0, 1, 2 and the rest of which is missing. */
static void
ask(struct ladder *l, struct scoring *scoring, uint64_t row_ns, struct seen *s)
{
    struct rows *r;

    ladder_begin(l, (struct lookup_policy){0});
    l->live->scorer->row_ns = row_ns;
    lookup_set_scoring(l->lookup, scoring, NULL);
    *s = (struct seen){0};
    r = rows_create(l->lookup, tables_find(lookup_tables(l->lookup), STR("t")),
                    N);
    assert_non_null(r);
    for (size_t i = 0; i < N; i++) {
        r->x[i * r->ncol] = (float)i;
    }
    r->dialect = DIALECT_NATIVE;
    r->deadline_ns = UINT64_MAX;
    r->done = on_done;
    r->arg = s;
    l->begun += N;
    l->answered += N;
    rows_run(r);
}

static void
expect_scores(const struct ladder *l, const struct seen *s)
{
    assert_int_equal(s->times, 1);
    assert_int_equal(s->rc, RC_OK);
    for (size_t i = 0; i < N; i++) {
        assert_true(s->y[i] == ladder_score(l, (float)i, NAN, NAN));
    }
    assert_int_equal(ladder_counted(l, OUTCOME_LIVE), N);
}

static void
test_cheap_together(void **state)
{
    struct ladder *l = *state;
    struct scoring scoring = {0};
    struct seen s;

    ask(l, &scoring, SCORING_INLINE_NS / N, &s);
    assert_null(scoring.job);
    expect_scores(l, &s);
    ladder_end(l);
}

/* Each alone would be cheap. The table moves on while they are scored. */
static void
test_costly_together(void **state)
{
    struct ladder *l = *state;
    struct scoring scoring = {0};
    struct seen s;

    ask(l, &scoring, SCORING_INLINE_NS / 2, &s);
    assert_int_equal(s.times, 0);
    assert_int_equal(scoring.job->nrow, N);
    ladder_publish(l, 2, LADDER_SEQ + 1);
    scoring.job->rc =
        generation_score(scoring.job->gen, scoring.job->x, N, scoring.job->out);
    lookup_scored(scoring.job);
    expect_scores(l, &s);
    ladder_end(l);
}

static void
test_too_costly(void **state)
{
    struct ladder *l = *state;
    struct scoring scoring = {.rc = RC_FULL};
    struct seen s;

    ask(l, &scoring, SCORING_INLINE_NS, &s);
    assert_int_equal(s.rc, RC_FULL);
    assert_int_equal(ladder_counted(l, OUTCOME_ERROR), N);
    ladder_end(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cheap_together),
        cmocka_unit_test(test_costly_together),
        cmocka_unit_test(test_too_costly),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
