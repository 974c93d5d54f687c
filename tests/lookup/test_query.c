/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/query.h"

#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_users(void **state)
{
    struct query *q = calloc(1, sizeof(*q));
    struct generation cold = {.snapshot = NULL};
    char id[USER_MAX + 1];

    (void)state;
    q->gen = generation_hold(&cold);
    memset(id, '\0', sizeof(id));
    assert_int_equal(query_set_user(q, (struct str){id, 0}), RC_INVAL);
    assert_int_equal(query_set_user(q, (struct str){id, 513}), RC_INVAL);
    assert_int_equal(query_set_user(q, (struct str){id, 512}), RC_OK);
    assert_int_equal(query_user(q).len, 512);
    assert_int_equal(query_set_user(q, STR("b")), RC_OK);
    assert_true(str_eq(query_user(q), STR("b")));
    q->gen = NULL;
    query_fini(q);
    free(q);
}

static void
test_features(void **state)
{
    struct query *q = calloc(1, sizeof(*q));
    struct sample s;
    struct generation *g;
    size_t i = 0;

    (void)state;
    sample_init(&s, 1);
    g = sample_generation(&s, 1);
    assert_int_equal(query_pin(q, g), RC_OK);
    assert_int_equal(q->ncol, 3);
    assert_true(str_eq(query_lacks(q, &i), STR("age")));
    assert_int_equal(query_set_feature(q, STR("hour"), NAN), RC_OK);
    assert_int_equal(query_set_feature(q, STR("hour"), 1), RC_CONFLICT);
    assert_int_equal(query_set_feature(q, STR("Hour"), 1), RC_NOT_FOUND);
    assert_int_equal(query_set_feature(q, STR("hour\0"), 1), RC_NOT_FOUND);
    assert_int_equal(q->nnamed, 1);
    assert_true(str_eq(query_lacks(q, &i), STR("spent")));
    assert_null(query_lacks(q, &i).p);
    assert_null(query_lacks(q, &i).p);

    /* Pinned again, nothing of the former row is left. */
    assert_int_equal(query_pin(q, g), RC_OK);
    assert_int_equal(q->nnamed, 0);
    assert_true(isnan(query_row(q)[1]) && !q->known[1]);
    generation_release(&g);
    assert_int_equal(sample_bury(&s), 0);
    query_fini(q);
    assert_int_equal(sample_bury(&s), 1);
    free(q);
    sample_fini(&s);
}

/* More outputs than features: y has room for all of them. */
static void
test_wide_predictions(void **state)
{
    struct query *q = calloc(1, sizeof(*q));
    struct sample s;
    struct generation *g;

    (void)state;
    sample_init(&s, 5);
    g = sample_generation(&s, 1);
    assert_int_equal(query_pin(q, g), RC_OK);
    assert_true(q->room >= 5);
    assert_int_equal(generation_score(g, q->x, 1, &q->prediction), RC_OK);
    generation_release(&g);
    query_fini(q);
    free(q);
    sample_fini(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users),
        cmocka_unit_test(test_features),
        cmocka_unit_test(test_wide_predictions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
