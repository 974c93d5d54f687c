/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many batches at once: what each gets of a turn, and of the store.
 */
#include "lookup/core/batch.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PLACES 256 /* that batches take of the store */
#define WINDOW 128 /* ... and one batch */

static const struct lookup_policy plain;

static void
on_done(void *arg, const struct batch *b)
{
    size_t *answered = arg;

    assert_int_equal(*answered, 0);
    *answered = batch_size(b);
}

/* n users; *answered becomes n. */
static void
start(struct ladder *l, size_t n, size_t *answered)
{
    const struct batch_setup setup = {.dialect = DIALECT_NATIVE,
                                      .deadline_ns = 1000,
                                      .done = on_done,
                                      .arg = answered};
    struct batch *b = batch_create(l->lookup, &setup, n);

    assert_non_null(b);
    *answered = 0;
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(
            batch_add(b, tables_find(lookup_tables(l->lookup), STR("t")),
                      STR("u")),
            RC_OK);
    }
    l->begun += n;
    l->answered += n; /* ladder_end() compares what was counted */
    batch_run(b);
}

static void
turn(struct ladder *l)
{
    while (lookup_flush(l->lookup)) {
    }
}

static void
answer(struct ladder *l, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        fake_store_bytes(&l->store, i, STR("1234"));
    }
}

static void
test_one_large_batch_a_turn(void **state)
{
    struct ladder *l = *state;
    size_t first, second;

    ladder_begin(l, plain);
    l->live->storeless = true;
    start(l, BATCH_MAX, &first);
    start(l, BATCH_MAX, &second);
    turn(l);
    assert_int_equal(first, BATCH_MAX);
    assert_int_equal(second, 0);
    assert_true(lookup_has_more(l->lookup));
    turn(l);
    assert_int_equal(second, BATCH_MAX);
    assert_false(lookup_has_more(l->lookup));
    ladder_end(l);
}

static void
on_newcomer(void *arg, const struct query *q, const struct answer *a)
{
    (void)q, (void)a;
    assert_int_equal(*(const size_t *)arg, 0);
}

/* However long a batch has waited. */
static void
test_who_asks_for_one_goes_first(void **state)
{
    struct ladder *l = *state;
    size_t first, second;
    struct query *q;

    ladder_begin(l, plain);
    l->live->storeless = true;
    start(l, BATCH_MAX, &first);
    start(l, BATCH_MAX, &second);
    turn(l);
    q = ladder_query(l);
    q->done = on_newcomer;
    q->arg = &second;
    lookup_start(q);
    l->answered++;
    turn(l);
    assert_int_equal(second, BATCH_MAX);
    ladder_end(l);
}

static void
test_short_ones_go_before_long_ones(void **state)
{
    struct ladder *l = *state;
    size_t first, second, brief;

    ladder_begin(l, plain);
    l->live->storeless = true;
    start(l, BATCH_MAX, &first);
    start(l, BATCH_MAX, &second);
    start(l, 10, &brief);
    turn(l);
    assert_int_equal(brief, 10);
    assert_int_equal(first, BATCH_MAX);
    assert_int_equal(second, 0);
    turn(l);
    ladder_end(l);
}

/* The store has room for others, whatever batches there are. */
static void
test_the_store_is_not_filled(void **state)
{
    struct ladder *l = *state;
    size_t answered[3];

    ladder_begin(l, plain);
    for (int i = 0; i < 3; i++) {
        start(l, WINDOW, &answered[i]);
    }
    turn(l);
    assert_int_equal(l->store.n, PLACES);
    assert_false(lookup_has_more(l->lookup)); /* a turn would not help */
    assert_true(lookup_tick(l->lookup, 1));
    lookup_start(ladder_query(l));
    turn(l);
    assert_int_equal(l->store.n, PLACES + 1);
    answer(l, 0, 10);
    turn(l);
    assert_int_equal(l->store.n, PLACES + 11);
    answer(l, 10, PLACES);
    turn(l);
    assert_false(lookup_tick(l->lookup, 2));
    answer(l, PLACES, l->store.n);
    assert_int_equal(answered[2], WINDOW);
    ladder_end(l);
}

/* A user who is scored asks the store no more. */
static void
test_the_scored_take_no_room(void **state)
{
    struct ladder *l = *state;
    size_t answered;
    char row[LADDER_ROW];

    ladder_begin(l, plain);
    start(l, WINDOW, &answered);
    turn(l);
    fake_store_nil(&l->store, 0);
    assert_int_equal(l->store.n, WINDOW + 3);
    fake_store_bytes(&l->store, WINDOW, STR("7"));
    fake_store_integer(&l->store, WINDOW + 1, 1);
    fake_store_bytes(&l->store, WINDOW + 2, ladder_row(row, 1, 2, 3));
    answer(l, 1, WINDOW);
    assert_int_equal(answered, WINDOW);
    assert_int_equal(ladder_counted(l, OUTCOME_LIVE), 1);
    start(l, WINDOW, &answered);
    turn(l);
    assert_int_equal(l->store.n, 2 * WINDOW + 3);
    answer(l, WINDOW + 3, l->store.n);
    ladder_end(l);
}

/* The store refuses them: they need not wait for room. */
static void
test_the_late_do_not_wait(void **state)
{
    struct ladder *l = *state;
    size_t answered[3];

    ladder_begin(l, plain);
    for (int i = 0; i < 3; i++) {
        start(l, WINDOW - 1, &answered[i]);
    }
    for (size_t i = PLACES; i < FAKE_READS; i++) {
        l->store.refuse[i] = RC_TIMEOUT;
    }
    turn(l);
    assert_int_equal(l->store.n, PLACES);
    assert_true(lookup_tick(l->lookup, 1000));
    turn(l);
    assert_int_equal(answered[2], 0); /* two of it are under way */
    answer(l, 0, PLACES);
    assert_int_equal(answered[2], WINDOW - 1);
    assert_int_equal(ladder_counted(l, OUTCOME_ERROR),
                     3 * (WINDOW - 1) - PLACES);
    ladder_end(l);
}

/* Nobody is left out when the server ends. */
static void
test_the_end(void **state)
{
    struct ladder *l = *state;
    size_t brief, large;

    ladder_begin(l, plain);
    start(l, BATCH_MAX, &large);
    turn(l);
    start(l, 3, &brief);
    answer(l, 0, WINDOW);
    lookup_end(l->lookup);
    assert_int_equal(large, BATCH_MAX);
    assert_int_equal(brief, 3);
    assert_int_equal(ladder_counted(l, OUTCOME_PRECOMPUTED), WINDOW);
    ladder_end(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_large_batch_a_turn),
        cmocka_unit_test(test_who_asks_for_one_goes_first),
        cmocka_unit_test(test_short_ones_go_before_long_ones),
        cmocka_unit_test(test_the_store_is_not_filled),
        cmocka_unit_test(test_the_scored_take_no_room),
        cmocka_unit_test(test_the_late_do_not_wait),
        cmocka_unit_test(test_the_end),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
