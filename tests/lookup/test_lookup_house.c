/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queries that wait for the loader, requests that bring features, and the
 * pool of queries. ladder_end() checks that each query is answered and
 * counted exactly once, and that none is left.
 */
#include "lookup/core/lookup.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct lookup_policy plain;

/* The replies of a second look that finds another generation. */
static void
find_moved(struct ladder *l, size_t first)
{
    fake_store_nil(&l->store, first);
    fake_store_bytes(&l->store, first + 1, STR("9"));
    fake_store_integer(&l->store, first + 2, 1);
    fake_store_nil(&l->store, first + 3);
}

/* ------------------------------------------------------------- parked */

static void
test_parked_until_the_deadline(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    ladder_ask(l);
    find_moved(l, 0);
    assert_true(lookup_tick(l->lookup, 999));
    assert_int_equal(l->answered, 0);
    assert_false(lookup_tick(l->lookup, 1000));
    assert_int_equal(l->last.code, ANSWER_TABLE_UNAVAILABLE);
    ladder_end(l);
}

/* Another table's news is no reason to try, and fail, again. */
static void
test_parked_while_nothing_moved(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    ladder_ask(l);
    find_moved(l, 0);
    ladder_publish(l, 1, LADDER_SEQ);
    assert_int_equal(l->store.n, 4);
    assert_int_equal(l->answered, 0);
    ladder_publish(l, 2, 9);
    fake_store_bytes(&l->store, 4, STR("1234"));
    assert_int_equal(l->last.gen->number, 2);
    ladder_end(l);
}

/* The loader was faster than the second look: there is nothing to wait for. */
static void
test_moved_already(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    ladder_ask(l);
    ladder_publish(l, 2, 9);
    find_moved(l, 0);
    assert_int_equal(l->reloads, 0);
    assert_string_equal(l->store.read[4].key, "p:t:2:0");
    fake_store_bytes(&l->store, 4, STR("1234"));
    assert_int_equal(l->last.outcome, OUTCOME_PRECOMPUTED);
    ladder_end(l);
}

static void
test_moved_twice(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    ladder_ask(l);
    find_moved(l, 0);
    ladder_publish(l, 2, 8);
    find_moved(l, 4);
    assert_int_equal(l->last.code, ANSWER_TABLE_UNAVAILABLE);
    assert_int_equal(counter_get(&lookup_stats(l->lookup)->moved), 2);
    ladder_end(l);
}

static void
test_moved_and_absent(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    ladder_ask(l);
    find_moved(l, 0);
    ladder_publish(l, 2, 9);
    find_moved(l, 4); /* the 9 is ours by now */
    assert_int_equal(l->last.code, ANSWER_UNKNOWN_USER);
    assert_int_equal(l->last.gen->number, 2);
    ladder_end(l);
}

static void
test_table_ends_while_parked(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    ladder_ask(l);
    find_moved(l, 0);
    lookup_set_tables(l->lookup, sample_tables("other", 1, NULL));
    assert_int_equal(l->last.code, ANSWER_TABLE_UNAVAILABLE);
    ladder_end(l);

    ladder_begin(l, plain);
    ladder_ask(l);
    find_moved(l, 0);
    lookup_set_tables(l->lookup, sample_tables("t", LADDER_SEQ, NULL));
    assert_int_equal(l->last.code, ANSWER_TABLE_UNAVAILABLE);
    ladder_end(l);
}

static void
test_many_parked(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    for (size_t i = 0; i < 8; i++) {
        struct query *q = ladder_query(l);

        q->deadline_ns = 100 * (1 + i);
        lookup_run(q);
        find_moved(l, 4 * i);
    }
    assert_true(lookup_tick(l->lookup, 400));
    assert_int_equal(l->answered, 4);
    l->store.refuse[32] = RC_FULL;
    ladder_publish(l, 2, 9);
    assert_int_equal(l->answered, 5);
    for (size_t i = 32; i < 35; i++) {
        fake_store_bytes(&l->store, i, STR("1234"));
    }
    assert_int_equal(ladder_counted(l, OUTCOME_PRECOMPUTED), 3);
    ladder_end(l);
}

/* ------------------------------------------------------- with features */

static struct query *
live_query(struct ladder *l)
{
    struct query *q = ladder_query(l);

    q->live = true;
    return q;
}

static void
name(struct query *q, struct str feature, float value)
{
    assert_int_equal(query_set_feature(q, feature, value), RC_OK);
}

static void
test_whole_row_needs_no_store(void **state)
{
    struct ladder *l = *state;
    struct query *q;

    ladder_begin(l, plain);
    q = live_query(l);
    name(q, STR("spent"), 0.5f);
    name(q, STR("age"), -1);
    name(q, STR("hour"), NAN);
    lookup_run(q);
    assert_int_equal(l->store.calls, 0);
    assert_int_equal(l->last.outcome, OUTCOME_LIVE);
    assert_true(l->y[0] == ladder_score(l, -1, NAN, 0.5f));
    assert_null(l->last.record.p);
    ladder_end(l);
}

static void
test_request_over_stored_row(void **state)
{
    struct ladder *l = *state;
    char bytes[LADDER_ROW];
    struct query *q;

    ladder_begin(l, plain);
    q = live_query(l);
    name(q, STR("hour"), NAN);
    lookup_run(q);
    assert_int_equal(l->store.n, 1);
    assert_non_null(strstr(l->store.read[0].key, "p:t:features:"));
    fake_store_bytes(&l->store, 0, ladder_row(bytes, 1, 1, -1));
    assert_int_equal(l->last.outcome, OUTCOME_LIVE);
    assert_true(l->y[0] == ladder_score(l, 1, NAN, -1));
    ladder_end(l);
}

static void
test_part_of_a_row(void **state)
{
    struct ladder *l = *state;

    for (int partial = 0; partial < 2; partial++) {
        ladder_begin(l, plain);
        struct query *q = live_query(l);

        q->partial = partial;
        name(q, STR("hour"), 1);
        lookup_run(q);
        fake_store_nil(&l->store, 0);
        if (partial) {
            assert_int_equal(l->last.outcome, OUTCOME_LIVE);
            assert_true(l->y[0] == ladder_score(l, NAN, 1, NAN));
        } else {
            assert_int_equal(l->last.code, ANSWER_MISSING_FEATURES);
        }
        ladder_end(l);
    }
}

/* A row that could not be read is not a row that is not there. */
static void
test_row_is_silent(void **state)
{
    struct ladder *l = *state;

    for (int i = 0; i < 4; i++) {
        ladder_begin(l, plain);
        struct query *q = live_query(l);

        q->partial = i / 2;
        l->store.refuse[0] = i % 2 ? RC_UNAVAIL : RC_OK;
        lookup_run(q);
        if (i % 2 == 0) {
            fake_store_silence(&l->store, 0, RC_TIMEOUT);
        }
        assert_int_equal(l->last.code, ANSWER_STORE_UNAVAILABLE);
        ladder_end(l);
    }
}

static void
test_row_of_another_length(void **state)
{
    struct ladder *l = *state;
    char bytes[LADDER_ROW];

    ladder_begin(l, plain);
    lookup_run(live_query(l));
    struct str row = ladder_row(bytes, 1, 2, 3);

    row.len -= 4;
    fake_store_bytes(&l->store, 0, row);
    assert_int_equal(l->last.code, ANSWER_TABLE_UNAVAILABLE);
    assert_int_equal(counter_get(&lookup_stats(l->lookup)->bad_records), 1);
    ladder_end(l);
}

/* The number of buckets is what the table's feature rows were created with. */
static void
test_feature_buckets(void **state)
{
    struct ladder *l = *state;
    char want[KEY_MAX];

    for (uint64_t buckets = 0; buckets <= 16; buckets += 16) {
        uint64_t n = buckets == 0 ? FEATURE_BUCKETS : buckets;

        ladder_begin(l, plain);
        atomic_store(&l->live->feature_buckets, buckets);
        lookup_run(live_query(l));
        key_features_bucket(want, "p", "t", schema_id(l->live->schema),
                            keyspace_bucket(STR("u"), n));
        assert_string_equal(l->store.read[0].key, want);
        fake_store_nil(&l->store, 0);
        ladder_end(l);
    }
}

/* ------------------------------------------------------------- the house */

static void
test_dropped_queries_are_not_counted(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    struct query *q = ladder_query(l);

    name(q, STR("age"), 3);
    l->begun--;
    lookup_drop(q);
    assert_int_equal(lookup_busy(l->lookup), 0);
    /* The next one gets the same memory and none of its contents. */
    assert_ptr_equal(ladder_query(l), q);
    assert_int_equal(q->nnamed, 0);
    assert_true(isnan(query_row(q)[0]) && !q->known[0]);
    assert_false(q->live || q->partial || q->retried);
    l->begun--;
    lookup_drop(q);
    ladder_end(l);
}

static void
test_counts_without_a_query(void **state)
{
    struct ladder *l = *state;
    const struct table_view *view;

    ladder_begin(l, plain);
    view = tables_find(lookup_tables(l->lookup), STR("t"));
    lookup_count(l->lookup, NULL, DIALECT_RESP, OUTCOME_ERROR);
    lookup_count(l->lookup, view, DIALECT_RESP, OUTCOME_UNKNOWN);
    const struct lookup_stats *s = lookup_stats(l->lookup);

    assert_int_equal(counter_get(&s->answers[0][DIALECT_RESP][OUTCOME_ERROR]),
                     1);
    assert_int_equal(counter_get(&s->answers[1][DIALECT_RESP][OUTCOME_UNKNOWN]),
                     1);
    ladder_end(l);
}

static void
test_policy_changes(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    lookup_set_policy(l->lookup,
                      &(struct lookup_policy){.default_on_failure = true});
    assert_true(lookup_policy(l->lookup)->default_on_failure);
    l->store.refuse[0] = RC_UNAVAIL;
    ladder_ask(l);
    assert_int_equal(l->last.outcome, OUTCOME_DEFAULT);
    ladder_end(l);
}

/* A generation lives as long as a query that is answered from it. */
static void
test_generation_outlives_its_table(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    ladder_ask(l);
    ladder_publish(l, 2, 8);
    assert_int_equal(sample_bury(&l->sample), 0);
    fake_store_bytes(&l->store, 0, STR("1234"));
    assert_int_equal(l->last.code, ANSWER_OK);
    assert_int_equal(sample_bury(&l->sample), 1);
    ladder_end(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parked_until_the_deadline),
        cmocka_unit_test(test_parked_while_nothing_moved),
        cmocka_unit_test(test_moved_already),
        cmocka_unit_test(test_moved_twice),
        cmocka_unit_test(test_moved_and_absent),
        cmocka_unit_test(test_table_ends_while_parked),
        cmocka_unit_test(test_many_parked),
        cmocka_unit_test(test_whole_row_needs_no_store),
        cmocka_unit_test(test_request_over_stored_row),
        cmocka_unit_test(test_part_of_a_row),
        cmocka_unit_test(test_row_is_silent),
        cmocka_unit_test(test_row_of_another_length),
        cmocka_unit_test(test_feature_buckets),
        cmocka_unit_test(test_dropped_queries_are_not_counted),
        cmocka_unit_test(test_counts_without_a_query),
        cmocka_unit_test(test_policy_changes),
        cmocka_unit_test(test_generation_outlives_its_table),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
