/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MANY 300

static const struct lookup_policy plain;

static void
start(struct ladder *l, int n)
{
    struct query *q = ladder_query(l);
    char user[16];

    snprintf(user, sizeof(user), "u%d", n);
    assert_int_equal(query_set_user(q, str_of(user)), RC_OK);
    lookup_start(q);
}

static void
expect_asked(const struct ladder *l, int n)
{
    char user[16];

    assert_int_equal(l->store.n, n);
    for (int i = 0; i < n; i++) {
        snprintf(user, sizeof(user), "u%d", i);
        assert_true(str_eq(l->store.read[i].asked, str_of(user)));
    }
}

static void
test_started_go_down_together(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    for (int i = 0; i < 20; i++) {
        start(l, i);
    }
    expect_asked(l, 0);
    assert_true(lookup_flush(l->lookup));
    expect_asked(l, 20);
    assert_false(lookup_flush(l->lookup));
    for (size_t i = 0; i < 20; i++) {
        fake_store_bytes(&l->store, i, STR("1234"));
    }
    ladder_end(l);
}

/* What is started does not grow without bound until the flush. */
static void
test_many_started_go_at_once(void **state)
{
    struct ladder *l = *state;
    int n = 0;

    ladder_begin(l, plain);
    while (l->store.n == 0 && n < MANY) {
        start(l, n++);
    }
    expect_asked(l, n);
    assert_true(lookup_flush(l->lookup)); /* some may have been answered */
    assert_false(lookup_flush(l->lookup));
    start(l, n);
    expect_asked(l, n);
    assert_true(lookup_flush(l->lookup));
    expect_asked(l, ++n);
    for (size_t i = 0; i < l->store.n; i++) {
        fake_store_bytes(&l->store, i, STR("1234"));
    }
    ladder_end(l);
}

static void
on_answer_start(void *arg, const struct query *q, const struct answer *a)
{
    struct ladder *l = arg;

    ladder_on_answer(l, q, a);
    start(l, (int)l->begun - 1);
}

/* An answer that asks on does so in the next flush. */
static void
test_started_by_an_answer(void **state)
{
    struct ladder *l = *state;
    struct query *q;

    ladder_begin(l, plain);
    l->store.refuse[0] = RC_UNAVAIL;
    q = ladder_query(l);
    q->done = on_answer_start;
    lookup_start(q);
    assert_true(lookup_flush(l->lookup));
    assert_int_equal(l->answered, 1);
    expect_asked(l, 0);
    assert_true(lookup_flush(l->lookup));
    assert_int_equal(l->store.n, 1);
    fake_store_bytes(&l->store, 0, STR("1234"));
    ladder_end(l);
}

/* Answered queries keep their generation at hand, until it is not live. */
static void
test_idle_queries_keep_no_old_generation(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    ladder_ask(l);
    ladder_ask(l);
    fake_store_bytes(&l->store, 0, STR("1234"));
    ladder_publish(l, 2, 8);
    assert_int_equal(sample_bury(&l->sample), 0);
    fake_store_bytes(&l->store, 1, STR("1234"));
    assert_int_equal(sample_bury(&l->sample), 1);
    ladder_ask(l);
    fake_store_bytes(&l->store, 2, STR("1234"));
    assert_int_equal(l->last.gen->number, 2);
    ladder_publish(l, 3, 9);
    assert_int_equal(sample_bury(&l->sample), 1);
    ladder_end(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_started_go_down_together),
        cmocka_unit_test(test_many_started_go_at_once),
        cmocka_unit_test(test_started_by_an_answer),
        cmocka_unit_test(test_idle_queries_keep_no_old_generation),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
