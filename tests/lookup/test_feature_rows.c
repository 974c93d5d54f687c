/* SPDX-License-Identifier: Apache-2.0 */
/* Rows in memory, and the ladder with them: when the store is asked still. */
#include "lookup/core/feature_rows.h"

#include "common/table/snapshot.h"
#include "tests/support/ladder.h"
#include "tests/support/small_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct lookup_policy plain;

static void
test_held_and_let_go(void **state)
{
    struct snapshot *s = small_snapshot(40, 4, false);
    size_t bytes = snapshot_bytes(s);
    struct feature_rows *one = feature_rows_create(s);
    struct feature_rows *two = feature_rows_hold(one);
    struct str row;

    (void)state;
    assert_int_equal(feature_rows_users(one), 40);
    assert_int_equal(feature_rows_bytes(one), bytes);
    feature_rows_release(&one);
    assert_null(one);
    assert_true(feature_rows_find(two, STR("u3"), hash_key(STR("u3")), &row));
    assert_false(feature_rows_find(two, STR("u"), hash_key(STR("u")), &row));
    feature_rows_release(&two);
    feature_rows_release(&two);
}

/* All records are in memory, none is u's; its row is (1, 2, 3). */
static void
begin(struct ladder *l)
{
    struct snapshot *rows = snapshot_create(1, 0, LADDER_ROW, SIZE_MAX);
    struct tables *t;
    char bytes[LADDER_ROW];

    ladder_begin(l, plain);
    CHECK(snapshot_add(rows, 0, STR("u"), ladder_row(bytes, 1, 2, 3)) == RC_OK);
    snapshot_seal(rows);
    l->live = sample_generation(&l->sample, 1);
    l->live->snapshot = small_snapshot(40, 1, false);
    t = sample_tables("t", LADDER_SEQ, l->live);
    t->view[0].rows = feature_rows_create(rows);
    lookup_set_tables(l->lookup, t);
}

static void
supersede(struct ladder *l, uint64_t stamp_us)
{
    struct superseded_news *n = superseded_news_create(1, false);

    CHECK(superseded_news_add(n, STR("u"), stamp_us) == RC_OK);
    lookup_supersede(l->lookup, n);
}

static void
test_a_miss_is_scored(void **state)
{
    struct ladder *l = *state;

    begin(l);
    ladder_ask(l);
    assert_int_equal(l->store.calls, 0);
    assert_int_equal(l->last.outcome, OUTCOME_LIVE);
    assert_true(l->y[0] == ladder_score(l, 1, 2, 3));
    ladder_end(l);
}

static void
test_the_request_wins(void **state)
{
    struct ladder *l = *state;
    struct query *q;

    begin(l);
    q = ladder_query(l);
    q->live = true;
    assert_int_equal(query_set_feature(q, STR("hour"), 9), RC_OK);
    lookup_run(q);
    assert_int_equal(l->store.calls, 0);
    assert_true(l->y[0] == ladder_score(l, 1, 9, 3));
    ladder_end(l);
}

/* However old the stamp: the row may be older still. */
static void
test_the_superseded_are_asked_for(void **state)
{
    static const uint64_t stamps[] = {1, SAMPLE_AS_OF_US - 1, SAMPLE_AS_OF_US};
    struct ladder *l = *state;

    for (size_t i = 0; i < 3; i++) {
        char bytes[LADDER_ROW];

        begin(l);
        supersede(l, stamps[i]);
        ladder_ask(l);
        assert_true(l->store.calls > 0);
        size_t row = l->store.n - 1;

        if (l->store.n == 2) { /* absent: seq, too */
            fake_store_bytes(&l->store, 0, STR("7"));
        }
        fake_store_bytes(&l->store, row, ladder_row(bytes, 4, 5, 6));
        assert_int_equal(l->last.outcome, OUTCOME_LIVE);
        assert_true(l->y[0] == ladder_score(l, 4, 5, 6));
        ladder_end(l);
    }
}

/* Rows are of the live generation; another one may have another schema. */
static void
test_of_another_generation(void **state)
{
    struct ladder *l = *state;
    struct query *q;

    begin(l);
    q = ladder_query(l);
    q->live = true;
    ladder_publish(l, 2, LADDER_SEQ + 1);
    lookup_run(q);
    assert_int_equal(l->store.calls, 1);
    fake_store_nil(&l->store, 0);
    assert_int_equal(l->last.code, ANSWER_MISSING_FEATURES);
    ladder_end(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held_and_let_go),
        cmocka_unit_test(test_a_miss_is_scored),
        cmocka_unit_test(test_the_request_wins),
        cmocka_unit_test(test_the_superseded_are_asked_for),
        cmocka_unit_test(test_of_another_generation),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
