/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Features into a store that is the test: what is written in which order, and
 * what a failure at each step leaves. The scripts themselves run in the
 * end-to-end tests.
 */
#include "lookup/core/put.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct seen {
    unsigned times;
    enum answer_code code;
};

static void
on_done(void *arg, const struct query *q, enum answer_code code)
{
    struct seen *s = arg;

    assert_true(str_eq(query_user(q), STR("u")));
    s->times++;
    s->code = code;
}

/* Name the first nnamed features and run. */
static void
run(struct ladder *l, struct seen *s, size_t nnamed)
{
    struct put *p = put_create(&l->store.base, "p",
                               tables_find(lookup_tables(l->lookup), STR("t")));
    struct query *q = put_query(p);

    *s = (struct seen){0};
    assert_int_equal(query_set_user(q, STR("u")), RC_OK);
    q->deadline_ns = 1000;
    for (size_t i = 0; i < nnamed; i++) {
        struct str name = schema_name(q->gen->schema, i);

        assert_int_equal(query_set_feature(q, name, 1), RC_OK);
    }
    put_run(p, on_done, s);
}

static void
test_superseded_before_written(void **state)
{
    struct ladder *l = *state;
    struct seen s;

    ladder_begin(l, (struct lookup_policy){0});
    run(l, &s, SAMPLE_FEATURES);
    assert_string_equal(l->store.read[0].field, "65536");
    fake_store_bytes(&l->store, 0, STR("65536"));
    assert_string_equal(l->store.read[1].key, "p:t:superseded");
    assert_string_equal(l->store.read[1].field, "u");
    fake_store_bytes(&l->store, 1, STR("1800000000000000"));
    assert_true(str_starts(str_of(l->store.read[2].key), STR("p:t:features:")));
    assert_int_equal(s.times, 0);
    fake_store_integer(&l->store, 2, 1);
    assert_int_equal(s.times, 1);
    assert_int_equal(s.code, ANSWER_OK);
    ladder_end(l);
}

static void
test_a_part_needs_a_stored_row(void **state)
{
    struct ladder *l = *state;
    struct seen s;

    ladder_begin(l, (struct lookup_policy){0});
    run(l, &s, 1);
    fake_store_bytes(&l->store, 0, STR("16"));
    fake_store_nil(&l->store, 1);
    assert_int_equal(s.code, ANSWER_MISSING_FEATURES);
    assert_int_equal(l->store.n, 2); /* nobody was superseded */

    run(l, &s, 1);
    fake_store_bytes(&l->store, 2, STR("16"));
    fake_store_bytes(&l->store, 3, STR("a row"));
    fake_store_bytes(&l->store, 4, STR("5"));
    fake_store_integer(&l->store, 5, -1); /* it went meanwhile */
    assert_int_equal(s.code, ANSWER_MISSING_FEATURES);
    ladder_end(l);
}

/* step: which command fails; how: refused, silent, or a strange answer. */
static void
fail_at(struct ladder *l, size_t step, int how)
{
    struct seen s;

    ladder_begin(l, (struct lookup_policy){0});
    l->store.refuse[step] = how == 0 ? RC_UNAVAIL : RC_OK;
    run(l, &s, 1);
    for (size_t i = 0; i < step; i++) {
        fake_store_bytes(&l->store, i, STR("16"));
    }
    if (how == 1) {
        fake_store_silence(&l->store, step, RC_TIMEOUT);
    } else if (how == 2) {
        fake_store_bytes(&l->store, step, STR("x"));
    }
    assert_int_equal(s.times, 1);
    assert_int_equal(s.code, ANSWER_STORE_UNAVAILABLE);
    ladder_end(l);
}

static void
test_failure_at_each_step(void **state)
{
    for (size_t step = 0; step < 4; step++) {
        for (int how = 0; how < 3; how++) {
            if (step != 1 || how != 2) { /* any row will do */
                fail_at(*state, step, how);
            }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_superseded_before_written),
        cmocka_unit_test(test_a_part_needs_a_stored_row),
        cmocka_unit_test(test_failure_at_each_step),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
