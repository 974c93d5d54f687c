/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/describe.h"

#include "batchgen/stats.h"
#include "tests/common/tiny_model.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
test_the_model_and_where_it_came_from(void **state)
{
    struct generation_info g = {.format = 1};
    struct scoring s;
    struct folder folder;
    struct err e = {""};
    char *path, want[SHA256_HEX];

    (void)state;
    folder_init(&folder);
    path = folder_file(&folder, "m", STR(TINY_SCORED("[5E-1]", "[3,1,0]")));
    if (scoring_init(&s, path, "0:1", SCORER_VALUE, &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
    assert_int_equal(describe_model(&s, &g, &e), RC_OK);
    assert_string_equal(g.objective, "reg:squarederror");
    assert_string_equal(g.iterations, "0:1");
    hash_sha256(STR(TINY_SCORED("[5E-1]", "[3,1,0]")), want);
    assert_string_equal(g.source_sha256, want);
    hash_sha256(model_bytes(s.model), want); /* repaired: other bytes */
    assert_string_equal(g.model_sha256, want);
    assert_string_not_equal(g.model_sha256, g.source_sha256);
    describe_answers(s.scorer, NULL, &g);
    assert_int_equal(g.kind, TABLE_SCORE);
    assert_int_equal(g.encoding, RECORD_F32);
    assert_int_equal(g.outputs, 1);
    assert_int_equal(g.top, 0);
    scoring_fini(&s);
    free(path);
    folder_fini(&folder);
}

static void
test_answers_of_a_ranking(void **state)
{
    struct ranked r = {.top = 7, .encoding = RECORD_TOPK_U32};
    struct generation_info g = {.format = 1};

    (void)state;
    buf_init(&r.items, 16);
    describe_answers(NULL, &r, &g);
    assert_int_equal(g.kind, TABLE_RANKING);
    assert_int_equal(g.encoding, RECORD_TOPK_U32);
    assert_int_equal(g.top, 7);
    assert_int_equal(g.outputs, 0);
    ranked_fini(&r);
}

/* A second attempt takes the place of the first. */
static void
test_the_schema_as_json(void **state)
{
    const struct str name[] = {STR("age"), STR("x\"y")};
    struct generation_info g = {.format = 1};
    struct schema *s;

    (void)state;
    for (size_t n = 1; n <= 2; n++) {
        assert_int_equal(schema_create(&s, name, n, NULL), RC_OK);
        assert_int_equal(describe_schema(s, &g), RC_OK);
        assert_string_equal(g.schema_id, schema_id(s));
        assert_string_equal(g.schema,
                            n == 1 ? "[\"age\"]" : "[\"age\",\"x\\\"y\"]");
        schema_destroy(&s);
    }
    generation_info_fini(&g);
}

/* Users "a", "b"... with 1, 2...: behind four bytes that are no score. */
static struct keep *
keep_of(size_t n, uint64_t buckets)
{
    struct keep *k = keep_create();
    struct buf bytes;

    buf_init(&bytes, 1 << 16);
    for (size_t i = 0; i < n; i++) {
        char c = (char)('a' + i);
        float value[] = {1e9f, (float)(i + 1)};
        size_t at =
            keep_put(&bytes, i * 7919, (struct str){&c, 1}, sizeof(value));

        memcpy(bytes.p + at, value, sizeof(value));
    }
    assert_int_equal(keep_add(k, &bytes, n), RC_OK);
    assert_int_equal(keep_group(k, buckets, NULL), RC_OK);
    buf_fini(&bytes);
    return k;
}

static void
test_rows_and_how_their_scores_lie(void **state)
{
    struct generation_info g = {.format = 1};
    struct keep *k;
    struct stats stats;

    (void)state;
    for (size_t n = 5; n <= 6; n++) {
        k = keep_of(n, 4);
        assert_int_equal(describe_rows(k, sizeof(float), &g), RC_OK);
        keep_destroy(&k);
        assert_int_equal(g.rows, n);
        assert_int_equal(g.buckets, 4);
        assert_int_equal(stats_from_json(&stats, str_of(g.score_stats)), RC_OK);
        assert_int_equal(stats.count, n);
        assert_true(stats.min == 1.0f && stats.max == (float)n);
    }
    generation_info_fini(&g);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_model_and_where_it_came_from),
        cmocka_unit_test(test_answers_of_a_ranking),
        cmocka_unit_test(test_the_schema_as_json),
        cmocka_unit_test(test_rows_and_how_their_scores_lie),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
