/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/generation.h"

#include "tests/support/ranked.h"
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int
set_up(void **state)
{
    struct sample *s = malloc(sizeof(*s));

    CHECK(s != NULL);
    sample_init(s, 1);
    *state = s;
    return 0;
}

static int
tear_down(void **state)
{
    sample_fini(*state);
    free(*state);
    return 0;
}

static void
test_create(void **state)
{
    struct sample *s = *state;
    struct generation *g = sample_generation(s, 3);
    const float missing[SAMPLE_FEATURES] = {NAN, NAN, NAN};
    float y;

    assert_int_equal(g->number, 3);
    assert_string_equal(g->as_of, "2026-11-22T02:00:00Z");
    assert_int_equal(schema_size(g->schema), SAMPLE_FEATURES);
    assert_int_equal(scorer_score(g->scorer, missing, 1, &y), RC_OK);
    assert_true(g->fallback.y[0] == y);
    generation_destroy(&g);
    assert_null(g);
    generation_destroy(&g);
}

static void
test_last_release_buries(void **state)
{
    struct sample *s = *state;
    struct generation *first = sample_generation(s, 1);
    struct generation *second = generation_hold(first);

    generation_release(&first);
    assert_null(first);
    generation_release(&first);
    assert_null(queue_try_pop(s->graveyard));
    generation_release(&second);
    assert_int_equal(sample_bury(s), 1);
}

/* Build from info and the sample's bytes, of which `cut` are left out. */
static void
expect_refused(struct sample *s, struct generation_info info, size_t cut,
               const char *why)
{
    struct generation *g = NULL;
    struct err e = {""};

    assert_int_not_equal(generation_create(&g, 1, &info, sample_copy(s),
                                           s->len - cut, NULL, s->graveyard,
                                           &e),
                         RC_OK);
    assert_null(g);
    if (strstr(e.text, why) == NULL) {
        fail_msg("'%s' does not say '%s'", e.text, why);
    }
}

static void
test_refused(void **state)
{
    struct sample *s = *state;
    struct generation_info info = sample_info(s);

    expect_refused(s, info, 1, "not those of generation 1");
    info = sample_info(s);
    info.ready = false;
    expect_refused(s, info, 0, "is not ready");
    info = sample_info(s);
    info.format = 2;
    expect_refused(s, info, 0, "format 2");
    info = sample_info(s);
    info.outputs = 2;
    expect_refused(s, info, 0, "1 outputs, the records 2");
    info = sample_info(s);
    info.schema_id[0] ^= 1;
    expect_refused(s, info, 0, "do not give its id");
    info = sample_info(s);
    snprintf(info.iterations, sizeof(info.iterations), "0:9");
    expect_refused(s, info, 0, "");
    info = sample_info(s);
    free(info.schema);
    info.schema = strdup("[1]");
    expect_refused(s, info, 0, "");
}

static void
test_schema_of_another_size(void **state)
{
    struct sample *s = *state;
    struct generation_info info = sample_info(s);
    struct schema *schema;

    free(info.schema);
    info.schema = strdup("[\"age\",\"hour\"]");
    assert_int_equal(schema_from_json(&schema, str_of(info.schema), NULL),
                     RC_OK);
    memcpy(info.schema_id, schema_id(schema), sizeof(info.schema_id));
    schema_destroy(&schema);
    expect_refused(s, info, 0, "3 features, the schema 2");
}

/* Best first, from the catalogue's items; the user's features in any order. */
static void
test_ranking(void **state)
{
    const float missing[RANKED_USER] = {NAN, NAN};
    struct record_item item[RANKED_TOP];
    struct prediction p = {.item = item};
    struct generation *g;
    char record[64];
    struct ranked r;

    (void)state;
    ranked_init(&r);
    assert_int_equal(ranked_create(&r, ranked_catalogue(1), &g, NULL), RC_OK);
    assert_true(generation_is_live(g));
    assert_true(generation_score_ns(g) > 0);
    assert_int_equal(generation_score(g, missing, 1, &p), RC_OK);
    assert_int_equal(p.n, RANKED_TOP);
    assert_true(item[0].score >= item[1].score);
    assert_int_equal(g->fallback.n, RANKED_TOP);
    assert_memory_equal(g->fallback.item, item, sizeof(item));

    /* What was stored of it reads back; an item that is none does not. */
    struct str bytes = {record,
                        record_put_items(RECORD_TOPK_U16, record, item, 2)};
    struct record_item back[RANKED_TOP];

    p = (struct prediction){.item = back};
    assert_int_equal(generation_decode(g, bytes, &p), RC_OK);
    assert_int_equal(p.n, 2);
    assert_memory_equal(back, item, 2 * sizeof(*back));
    item[0].item = RANKED_ITEMS;
    bytes.len = record_put_items(RECORD_TOPK_U16, record, item, 2);
    assert_int_equal(generation_decode(g, bytes, &p), RC_INVAL);
    generation_destroy(&g);
    ranked_fini(&r);
}

/* Candidates: ids alone say nothing to score another user by. */
static void
test_ranking_without_features(void **state)
{
    struct generation *g;
    struct ranked r;
    struct err e;

    (void)state;
    ranked_init(&r);
    assert_int_equal(ranked_create(&r, ranked_catalogue(0), &g, &e), RC_OK);
    assert_false(generation_is_live(g));
    assert_null(g->fallback.item);
    generation_destroy(&g);
    assert_int_equal(ranked_create(&r, NULL, &g, &e), RC_INVAL);
    assert_string_equal(e.text, "the ranking's catalogue is gone");
    assert_int_equal(ranked_create(&r, ranked_catalogue(2), &g, &e),
                     RC_REFUSED);
    ranked_fini(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),
        cmocka_unit_test(test_last_release_buries),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_schema_of_another_size),
        cmocka_unit_test(test_ranking),
        cmocka_unit_test(test_ranking_without_features),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
