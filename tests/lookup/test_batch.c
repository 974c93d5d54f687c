/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many users at once on a ladder whose store is the test: order, one
 * generation, one outcome counted for each.
 */
#include "lookup/core/batch.h"

#include "common/base/number.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* What the batch answered last. */
struct seen {
    unsigned times;
    size_t n;
    enum answer_code code[BATCH_MAX];
    float y[BATCH_MAX];
    uint64_t generation[BATCH_MAX];
    char first_user[USER_MAX + 1];
};

static void
on_done(void *arg, const struct batch *b)
{
    struct seen *s = arg;

    s->times++;
    s->n = batch_size(b);
    assert_true(
        str_copy(batch_user(b, 0), s->first_user, sizeof(s->first_user)));
    for (size_t i = 0; i < s->n; i++) {
        const struct answer *a = batch_answer(b, i);

        s->code[i] = a->code;
        s->y[i] = a->prediction == NULL ? -1 : a->prediction->y[0];
        s->generation[i] = a->gen == NULL ? 0 : a->gen->number;
    }
}

static const struct table_view *
view_of(struct ladder *l)
{
    return tables_find(lookup_tables(l->lookup), STR("t"));
}

/* The end of a turn of the loop. */
static void
turn(struct ladder *l)
{
    while (lookup_flush(l->lookup)) {
    }
}

/* Users "0", "1", ... of a batch that is run in the next turn. */
static void
start(struct ladder *l, struct seen *s, size_t n)
{
    const struct batch_setup setup = {.dialect = DIALECT_NATIVE,
                                      .deadline_ns = 1000,
                                      .done = on_done,
                                      .arg = s};
    struct batch *b = batch_create(l->lookup, &setup, n);

    memset(s, 0, sizeof(*s));
    assert_non_null(b);
    for (size_t i = 0; i < n; i++) {
        char user[16];

        snprintf(user, sizeof(user), "%zu", i);
        assert_int_equal(batch_add(b, view_of(l), str_of(user)), RC_OK);
    }
    l->begun += n;
    l->answered += n; /* ladder_end() compares what was counted */
    batch_run(b);
}

static void
ask(struct ladder *l, struct seen *s, size_t n)
{
    start(l, s, n);
    turn(l);
}

/* Answer the i-th read with the number of the user it asks for. */
static void
answer_record(struct ladder *l, size_t i)
{
    char record[4];
    float y;

    assert_true(number_parse_f32(str_of(l->store.read[i].field), &y));
    record_put_f32(record, &y, 1);
    fake_store_bytes(&l->store, i, (struct str){record, 4});
}

static void
test_order_is_that_of_the_request(void **state)
{
    struct ladder *l = *state;
    struct seen s;

    ladder_begin(l, (struct lookup_policy){0});
    ask(l, &s, 3);
    assert_int_equal(l->store.n, 3);
    answer_record(l, 2);
    answer_record(l, 0);
    assert_int_equal(s.times, 0);
    answer_record(l, 1);
    assert_int_equal(s.times, 1);
    assert_string_equal(s.first_user, "0");
    for (int i = 0; i < 3; i++) {
        assert_true(s.y[i] == (float)i);
    }
    assert_int_equal(ladder_counted(l, OUTCOME_PRECOMPUTED), 3);
    ladder_end(l);
}

static void
test_a_window_at_a_time(void **state)
{
    struct ladder *l = *state;
    struct seen s;

    ladder_begin(l, (struct lookup_policy){0});
    ask(l, &s, 300);
    assert_in_range(l->store.n, 1, 299);
    for (size_t i = 0; i < 300; i++) {
        assert_true(i < l->store.n);
        answer_record(l, i);
        turn(l);
    }
    assert_int_equal(s.times, 1);
    assert_true(s.y[299] == 299);
    ladder_end(l);
}

/* No reply comes to open the window for the rest. */
static void
test_all_are_answered_at_once(void **state)
{
    struct ladder *l = *state;
    struct seen s;

    ladder_begin(l, (struct lookup_policy){0});
    for (size_t i = 0; i < 300; i++) {
        l->store.refuse[i] = RC_UNAVAIL;
    }
    ask(l, &s, 300);
    assert_int_equal(s.times, 1);
    for (size_t i = 0; i < 300; i++) {
        assert_int_equal(s.code[i], ANSWER_STORE_UNAVAILABLE);
    }
    assert_int_equal(ladder_counted(l, OUTCOME_ERROR), 300);
    ladder_end(l);
}

static void
test_each_has_its_own_end(void **state)
{
    struct ladder *l = *state;
    struct seen s;

    ladder_begin(l, (struct lookup_policy){0});
    l->store.refuse[1] = RC_UNAVAIL;
    ask(l, &s, 3);
    answer_record(l, 0);
    fake_store_nil(&l->store, 1);
    fake_store_bytes(&l->store, 2, STR("7"));
    fake_store_integer(&l->store, 3, 1);
    fake_store_nil(&l->store, 4);
    assert_int_equal(s.times, 1);
    assert_int_equal(s.code[0], ANSWER_OK);
    assert_int_equal(s.code[1], ANSWER_STORE_UNAVAILABLE);
    assert_int_equal(s.code[2], ANSWER_UNKNOWN_USER);
    assert_int_equal(ladder_counted(l, OUTCOME_ERROR), 1);
    assert_int_equal(ladder_counted(l, OUTCOME_UNKNOWN), 1);
    ladder_end(l);
}

/* The first is answered by the old generation, the second cannot be. */
static void
test_never_mixed(void **state)
{
    struct ladder *l = *state;
    struct seen s;

    ladder_begin(l, (struct lookup_policy){0});
    ask(l, &s, 2);
    answer_record(l, 0);
    fake_store_nil(&l->store, 1);
    fake_store_bytes(&l->store, 2, STR("8"));
    fake_store_integer(&l->store, 3, 0);
    fake_store_nil(&l->store, 4);
    assert_int_equal(l->reloads, 1);
    assert_int_equal(s.times, 0);
    ladder_publish(l, 2, 8);
    turn(l);
    assert_int_equal(l->store.n, 7);
    answer_record(l, 5);
    answer_record(l, 6);
    assert_int_equal(s.times, 1);
    assert_int_equal(s.generation[0], 2);
    assert_int_equal(s.generation[1], 2);
    assert_int_equal(ladder_counted(l, OUTCOME_PRECOMPUTED), 2);
    ladder_end(l);
}

/* It moves under every attempt: an error in the end, not without end. */
static void
test_moved_again_and_again(void **state)
{
    struct ladder *l = *state;
    struct seen s;
    uint64_t moves;

    ladder_begin(l, (struct lookup_policy){0});
    ask(l, &s, 1);
    for (moves = 0; s.times == 0 && moves < 100; moves++) {
        size_t at = 4 * (size_t)moves;
        char seq[20];

        fake_store_nil(&l->store, at);
        fake_store_bytes(&l->store, at + 1,
                         (struct str){seq, number_format_u64(8 + moves, seq)});
        fake_store_integer(&l->store, at + 2, 1);
        fake_store_nil(&l->store, at + 3);
        ladder_publish(l, 2 + moves, 8 + moves);
        turn(l);
    }
    assert_in_range(moves, 3, 99);
    assert_int_equal(s.code[0], ANSWER_TABLE_UNAVAILABLE);
    ladder_end(l);
}

static void
test_publishing_meanwhile_changes_nothing(void **state)
{
    struct ladder *l = *state;
    struct seen s;

    ladder_begin(l, (struct lookup_policy){0});
    ask(l, &s, 200);
    ladder_publish(l, 2, 8);
    for (size_t i = 0; i < 200; i++) {
        answer_record(l, i);
        turn(l);
    }
    for (size_t i = 0; i < 200; i++) {
        assert_int_equal(s.generation[i], 1);
    }
    ladder_end(l);
}

static void
test_users_that_are_none(void **state)
{
    struct ladder *l = *state;
    const struct batch_setup setup = {.dialect = DIALECT_NATIVE};
    char longer[USER_MAX + 1] = {0};
    struct batch *b;

    ladder_begin(l, (struct lookup_policy){0});
    b = batch_create(l->lookup, &setup, 1);
    assert_int_equal(batch_add(b, view_of(l), STR("")), RC_INVAL);
    assert_int_equal(
        batch_add(b, view_of(l), (struct str){longer, sizeof(longer)}),
        RC_INVAL);
    batch_destroy(&b);
    assert_null(b);
    batch_destroy(&b);
    ladder_end(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_is_that_of_the_request),
        cmocka_unit_test(test_a_window_at_a_time),
        cmocka_unit_test(test_all_are_answered_at_once),
        cmocka_unit_test(test_each_has_its_own_end),
        cmocka_unit_test(test_never_mixed),
        cmocka_unit_test(test_moved_again_and_again),
        cmocka_unit_test(test_publishing_meanwhile_changes_nothing),
        cmocka_unit_test(test_users_that_are_none),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
