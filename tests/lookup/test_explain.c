/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explanations over a store that answers when told to: what is asked, in
 * which order, and what is made of the replies.
 */
#include "lookup/core/explain.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct lookup_policy plain;

/* What was found, as far as it is compared. */
struct seen {
    unsigned n;
    struct explain e;
    float record, live, x[SAMPLE_FEATURES];
    float contribution[SAMPLE_FEATURES + 1];
    bool contributed;
};

static void
on_explained(void *arg, const struct explain *e)
{
    struct seen *s = arg;

    s->n++;
    s->e = *e;
    s->record = e->q.prediction.y[0];
    memcpy(s->x, e->q.x, sizeof(s->x));
    s->contributed = e->contributions.value != NULL;
    if (e->live_code == ANSWER_OK) {
        s->live = e->live.y[0];
    }
    if (s->contributed) {
        assert_int_equal(e->contributions.nfeature, SAMPLE_FEATURES);
        memcpy(s->contribution, e->contributions.value,
               sizeof(s->contribution));
    }
}

static void
explain(struct ladder *l, struct seen *s)
{
    const struct table_view *view =
        tables_find(lookup_tables(l->lookup), STR("t"));

    memset(s, 0, sizeof(*s));
    const struct explain_setup setup = {
        .user = STR("u"), .deadline_ns = 1000, .done = on_explained, .arg = s};

    assert_int_equal(explain_run(l->lookup, view, &setup), RC_OK);
}

/* One explanation, counted once, of no dialect but admin's. */
static void
end(struct ladder *l, const struct seen *s, enum outcome outcome)
{
    const struct lookup_stats *stats = lookup_stats(l->lookup);

    assert_int_equal(s->n, 1);
    assert_int_equal(s->e.answer.outcome, outcome);
    assert_int_equal(counter_get(&stats->answers[1][DIALECT_ADMIN][outcome]),
                     1);
    ladder_end(l);
}

static void
assert_rungs(const struct seen *s, const enum rung *rung, size_t n)
{
    assert_int_equal(s->e.trace.n, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(s->e.trace.step[i].rung, rung[i]);
    }
}

/* The parts sum up to the log odds of the live score. */
static void
assert_contributions(const struct seen *s)
{
    double margin = 0;

    assert_true(s->contributed);
    for (size_t i = 0; i <= SAMPLE_FEATURES; i++) {
        margin += s->contribution[i];
    }
    assert_float_equal(1 / (1 + exp(-margin)), s->live, 1e-6);
}

static void
test_record_and_row(void **state)
{
    static const enum rung rungs[] = {RUNG_SUPERSEDED, RUNG_RECORD};
    struct ladder *l = *state;
    struct seen s;
    char rec[4], bytes[LADDER_ROW];
    float y = 0.25f;

    ladder_begin(l, plain);
    explain(l, &s);
    fake_store_bytes(&l->store, 0,
                     (struct str){rec, record_put_f32(rec, &y, 1)});
    assert_int_equal(l->store.n, 2);
    assert_non_null(strstr(l->store.read[1].key, "p:t:features:"));
    assert_int_equal(l->store.read[1].deadline_ns, 1000);
    fake_store_bytes(&l->store, 1, ladder_row(bytes, 1, NAN, -1));
    assert_rungs(&s, rungs, 2);
    assert_int_equal(s.e.record, EXPLAIN_THERE);
    assert_true(s.record == y);
    assert_int_equal(s.e.row, EXPLAIN_THERE);
    assert_true(s.x[0] == 1 && isnan(s.x[1]) && s.x[2] == -1);
    assert_int_equal(s.e.row_updated_us, 5);
    assert_true(s.live == ladder_score(l, 1, NAN, -1));
    assert_contributions(&s);
    end(l, &s, OUTCOME_PRECOMPUTED);
}

/* The record is read although the ladder had no use for it. */
static void
test_superseded(void **state)
{
    static const enum rung rungs[] = {RUNG_SUPERSEDED, RUNG_FEATURES,
                                      RUNG_SCORE};
    struct ladder *l = *state;
    struct superseded_news *news = superseded_news_create(1, true);
    struct seen s;
    char bytes[LADDER_ROW];
    struct str row = ladder_row(bytes, 1, 2, 3);

    ladder_begin(l, plain);
    assert_int_equal(superseded_news_add(news, STR("u"), UINT64_MAX), RC_OK);
    lookup_supersede(l->lookup, news);
    explain(l, &s);
    fake_store_bytes(&l->store, 0, row);
    assert_int_equal(l->store.n, 3);
    fake_store_bytes(&l->store, 2, row);
    assert_int_equal(s.n, 0);
    fake_store_bytes(&l->store, 1, STR("1234"));
    assert_true(s.e.superseded);
    assert_rungs(&s, rungs, 3);
    assert_int_equal(s.e.record, EXPLAIN_THERE);
    assert_true(s.live == ladder_score(l, 1, 2, 3));
    assert_contributions(&s);
    end(l, &s, OUTCOME_LIVE);
}

static void
test_unknown(void **state)
{
    static const enum rung rungs[] = {RUNG_SUPERSEDED, RUNG_RECORD,
                                      RUNG_SECOND_LOOK};
    struct ladder *l = *state;
    struct seen s;

    ladder_begin(l, plain);
    explain(l, &s);
    fake_store_nil(&l->store, 0);
    fake_store_bytes(&l->store, 1, STR("7"));
    fake_store_integer(&l->store, 2, 1);
    fake_store_nil(&l->store, 3);
    fake_store_nil(&l->store, 4);
    fake_store_nil(&l->store, 5);
    assert_rungs(&s, rungs, 3);
    assert_int_equal(s.e.record, EXPLAIN_NONE);
    assert_int_equal(s.e.row, EXPLAIN_NONE);
    assert_int_equal(s.e.live_code, ANSWER_MISSING_FEATURES);
    assert_false(s.contributed);
    end(l, &s, OUTCOME_UNKNOWN);
}

/* Whatever is not answered, or refused, or damaged, is said of its part. */
static void
test_parts_that_fail(void **state)
{
    struct ladder *l = *state;
    struct seen s;

    ladder_begin(l, plain);
    explain(l, &s);
    fake_store_silence(&l->store, 0, RC_TIMEOUT);
    fake_store_bytes(&l->store, 1, STR("short"));
    fake_store_bytes(&l->store, 2, STR("short"));
    assert_int_equal(s.e.answer.code, ANSWER_STORE_UNAVAILABLE);
    assert_int_equal(s.e.record, EXPLAIN_BAD);
    assert_int_equal(s.e.row, EXPLAIN_BAD);
    assert_int_equal(s.e.live_code, ANSWER_TABLE_UNAVAILABLE);
    end(l, &s, OUTCOME_ERROR);

    ladder_begin(l, plain);
    l->store.refuse[0] = l->store.refuse[1] = RC_UNAVAIL;
    explain(l, &s);
    fake_store_silence(&l->store, 0, RC_TIMEOUT);
    assert_int_equal(s.e.record, EXPLAIN_SILENT);
    assert_int_equal(s.e.row, EXPLAIN_SILENT);
    assert_int_equal(s.e.live_code, ANSWER_STORE_UNAVAILABLE);
    end(l, &s, OUTCOME_ERROR);
}

/* The answer is of the generation that is live by then, and so is the rest. */
static void
test_moved(void **state)
{
    struct ladder *l = *state;
    struct seen s;
    char bytes[LADDER_ROW];

    ladder_begin(l, plain);
    explain(l, &s);
    fake_store_nil(&l->store, 0);
    fake_store_bytes(&l->store, 1, STR("8"));
    fake_store_integer(&l->store, 2, 0);
    fake_store_nil(&l->store, 3);
    ladder_publish(l, 2, 8);
    fake_store_bytes(&l->store, 4, STR("1234"));
    fake_store_bytes(&l->store, 5, ladder_row(bytes, 1, 2, 3));
    assert_int_equal(s.e.answer.gen->number, 2);
    assert_int_equal(s.e.q.gen->number, 2);
    assert_int_equal(s.e.trace.n, 5);
    end(l, &s, OUTCOME_PRECOMPUTED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_and_row),
        cmocka_unit_test(test_superseded),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_parts_that_fail),
        cmocka_unit_test(test_moved),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
