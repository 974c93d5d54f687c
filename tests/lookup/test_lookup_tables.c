/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that come and go under one id, and what is known of them. */
#include "tests/support/ladder.h"

#include "tests/support/small_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct lookup_policy plain;

static void
supersede(struct ladder *l)
{
    struct superseded_news *n = superseded_news_create(1, false);

    CHECK(superseded_news_add(n, STR("u"), UINT64_MAX) == RC_OK);
    lookup_supersede(l->lookup, n);
}

static uint64_t
superseded(const struct ladder *l)
{
    return counter_get(&lookup_stats(l->lookup)->superseded[1]);
}

/* The next table of that id has neither counts nor superseded users. */
static void
test_a_dropped_table_leaves_nothing(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    supersede(l);
    lookup_count(l->lookup, &lookup_tables(l->lookup)->view[0], DIALECT_NATIVE,
                 OUTCOME_LIVE);
    assert_int_equal(ladder_counted(l, OUTCOME_LIVE), 1);
    assert_int_equal(superseded(l), 1);
    ladder_publish(l, 2, LADDER_SEQ + 1);
    assert_int_equal(superseded(l), 1);
    lookup_set_tables(l->lookup, tables_create(0));
    assert_int_equal(ladder_counted(l, OUTCOME_LIVE), 0);
    assert_int_equal(superseded(l), 0);
    /* News may come before the list that names their table. */
    supersede(l);
    lookup_set_tables(l->lookup, sample_tables("other", 1, NULL));
    assert_int_equal(superseded(l), 1);
    lookup_set_tables(l->lookup, sample_tables("t", 1, NULL));
    assert_int_equal(superseded(l), 0);
    ladder_end(l);
}

/* Before Redis was read nobody knows whose features changed. */
static void
test_unread(void **state)
{
    struct ladder *l = *state;
    struct tables *t;

    for (int unread = 0; unread < 2; unread++) {
        struct query *q;

        ladder_begin(l, plain);
        l->live = sample_generation(&l->sample, 1);
        l->live->snapshot = small_snapshot(40, 1, false);
        t = sample_tables("t", LADDER_SEQ, l->live);
        t->view[0].unread = unread;
        lookup_set_tables(l->lookup, t);
        q = ladder_query(l);
        assert_int_equal(query_set_user(q, STR("u7")), RC_OK);
        lookup_run(q);
        assert_int_equal(l->last.outcome, OUTCOME_PRECOMPUTED);
        assert_int_equal(l->last.degraded, unread);
        q = ladder_query(l);
        q->live = q->partial = true;
        lookup_run(q);
        fake_store_nil(&l->store, 0);
        assert_int_equal(l->last.outcome, OUTCOME_LIVE);
        assert_false(l->last.degraded);
        ladder_end(l);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_dropped_table_leaves_nothing),
        cmocka_unit_test(test_unread),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
