/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contributions sum up to the margin of what they explain: a score, or the
 * item of a ranking that is its best.
 */
#include "lookup/core/contributions.h"
#include "tests/support/ranked.h"
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The probability that the parts of output 0 sum up to. */
static float
probability(const struct contributions *c)
{
    double margin = 0;

    assert_non_null(c->value);
    for (size_t i = 0; i <= c->nfeature; i++) {
        margin += c->value[i];
    }
    return (float)(1 / (1 + exp(-margin)));
}

static void
test_of_a_score(void **state)
{
    static const float x[SAMPLE_FEATURES] = {0.5f, NAN, -1};
    struct sample s;
    struct generation *g;
    struct contributions c;
    float y;

    (void)state;
    sample_init(&s, 1);
    g = sample_generation(&s, 1);
    contributions_find(&c, g, x, NULL);
    assert_int_equal(c.noutput, 1);
    assert_int_equal(c.nfeature, SAMPLE_FEATURES);
    assert_int_equal(scorer_score(g->scorer, x, 1, &y), RC_OK);
    assert_float_equal(probability(&c), y, 1e-6);
    contributions_fini(&c);
    assert_null(c.value);
    assert_true(str_eq(contributions_name(g, 2), STR("spent")));
    generation_destroy(&g);
    sample_fini(&s);
}

static void
test_of_every_class(void **state)
{
    static const float x[SAMPLE_FEATURES] = {0.5f, NAN, -1};
    struct sample s;
    struct generation *g;
    struct contributions c;

    (void)state;
    sample_init(&s, 3);
    g = sample_generation(&s, 1);
    contributions_find(&c, g, x, NULL);
    assert_non_null(c.value);
    assert_int_equal(c.noutput, 3);
    assert_int_equal(c.nfeature, SAMPLE_FEATURES);
    contributions_fini(&c);
    generation_destroy(&g);
    sample_fini(&s);
}

/* libxgboost explains the first rounds only. */
static void
test_of_what_cannot_be_explained(void **state)
{
    static const float x[SAMPLE_FEATURES] = {0};
    struct sample s;
    struct generation *g;
    struct contributions c;

    (void)state;
    sample_init(&s, 1);
    g = sample_generation(&s, 1);
    snprintf(g->info.iterations, sizeof(g->info.iterations), "1:2");
    contributions_find(&c, g, x, NULL);
    assert_null(c.value);
    assert_non_null(strstr(c.why.text, "libxgboost says: "));
    snprintf(g->info.iterations, sizeof(g->info.iterations), "0:9");
    contributions_find(&c, g, x, NULL);
    assert_null(c.value);
    assert_string_not_equal(c.why.text, "");
    generation_destroy(&g);
    sample_fini(&s);
}

/* Of the first item, whichever that is, with its features and the user's. */
static void
test_of_a_ranking(void **state)
{
    static const float x[RANKED_USER] = {0.7f, -0.3f};
    struct record_item item[RANKED_TOP];
    struct prediction p = {.item = item};
    struct contributions c;
    struct generation *g;
    struct ranked r;

    (void)state;
    ranked_init(&r);
    assert_int_equal(ranked_create(&r, ranked_catalogue(1), &g, NULL), RC_OK);
    assert_int_equal(generation_score(g, x, 1, &p), RC_OK);
    assert_int_equal(p.n, RANKED_TOP);
    assert_true(item[0].score > item[2].score);
    for (size_t i = 0; i < RANKED_TOP; i++) {
        const struct prediction from_i = {.item = item + i, .n = 1};

        contributions_find(&c, g, x, &from_i);
        assert_int_equal(c.item, item[i].item);
        assert_int_equal(c.nfeature, RANKED_FEATURES);
        assert_float_equal(probability(&c), item[i].score, 1e-6);
        contributions_fini(&c);
    }
    assert_true(str_eq(contributions_name(g, 1), STR("price")));
    p.n = 0;
    contributions_find(&c, g, x, &p);
    assert_null(c.value);
    assert_string_not_equal(c.why.text, "");
    generation_destroy(&g);
    ranked_fini(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_a_score),
        cmocka_unit_test(test_of_every_class),
        cmocka_unit_test(test_of_what_cannot_be_explained),
        cmocka_unit_test(test_of_a_ranking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
