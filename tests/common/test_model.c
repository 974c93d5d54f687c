/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/buf.h"
#include "common/model/model.h"
#include "common/model/scorer.h"

#include "tests/common/tiny_model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct model *
load(struct str bytes)
{
    struct model *m = NULL;
    struct err e = {""};

    if (model_load(&m, bytes, true, &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
    return m;
}

static void
refused(const char *bytes, const char *text)
{
    struct model *m = NULL;
    struct err e = {""};

    assert_int_equal(model_load(&m, str_of(bytes), true, &e), RC_REFUSED);
    assert_null(m);
    if (strstr(e.text, text) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", e.text, text);
    }
}

/* The score of (f0, f1) by the first `end` rounds. */
static float
score(const struct model *m, uint32_t end, float f0, float f1)
{
    const float x[2] = {f0, f1};
    struct scorer *s;
    float y = NAN;
    struct err e;

    assert_int_equal(scorer_create(&s, m, 0, end, SCORER_VALUE, &e), RC_OK);
    assert_int_equal(s->noutput, 1);
    assert_int_equal(scorer_score(s, x, 1, &y), RC_OK);
    scorer_destroy(&s);
    return y;
}

static void
test_facts(void **state)
{
    struct model *m =
        load(STR(TINY_MODEL("{\"best_iteration\":\"0\"}", "[\"age\",\"pay\"]",
                            TINY_GBTREE, "5E-1", "[1,7,4]")));
    const struct model_info *info = model_info(m);

    (void)state;
    assert_string_equal(info->objective, "reg:squarederror");
    assert_string_equal(info->booster, "gbtree");
    assert_string_equal(info->format, "json");
    assert_string_equal(info->saved_by, "1.7.4");
    assert_null(info->repaired);
    assert_int_equal(info->nfeature, 2);
    assert_int_equal(info->noutput, 1);
    assert_int_equal(info->nname, 2);
    assert_int_equal(info->rounds, 2);
    assert_int_equal(info->parallel_trees, 1);
    assert_int_equal(info->best_iteration, 0);
    assert_int_equal(info->best_ntree_limit, -1);
    assert_true(str_eq(model_feature_name(m, 1), STR("pay")));
    model_destroy(&m);
    assert_null(m);
    model_destroy(&m);
}

static void
test_scores(void **state)
{
    struct model *m = load(STR(TINY));

    (void)state;
    assert_true(score(m, 2, 1, 0) == 0.875f);
    assert_true(score(m, 2, 1.5f, 0) == 1.625f);
    assert_true(score(m, 2, 2, -3) == 0.125f);
    assert_true(score(m, 2, NAN, 0) == 0.875f);
    assert_true(score(m, 2, 2, NAN) == 1.625f);
    assert_true(score(m, 1, 1, 0) == 0.75f);
    model_destroy(&m);
}

/* What is stored loads again, and is what was given unless repaired. */
static void
test_bytes(void **state)
{
    struct model *m = load(STR(TINY));
    struct model *again;
    char *json;
    size_t len;
    struct err e;

    (void)state;
    assert_true(str_eq(model_bytes(m), STR(TINY)));
    assert_int_equal(model_json(m, &json, &len, &e), RC_OK);
    assert_int_equal(strlen(json), len);
    assert_int_equal(model_load(&again, (struct str){json, len}, false, &e),
                     RC_OK);
    assert_true(score(again, 2, 2, -3) == 0.125f);
    free(json);
    model_destroy(&again);
    model_destroy(&m);
}

static void
iterations(const struct model *m, const char *spec, const char *want)
{
    uint32_t begin;
    uint32_t end;
    char text[32] = "";
    struct err e;
    enum rc rc = model_iterations(m, spec, &begin, &end, text, &e);

    if (want == NULL) {
        assert_int_equal(rc, RC_INVAL);
    } else {
        assert_int_equal(rc, RC_OK);
        assert_string_equal(text, want);
    }
}

static void
test_iterations(void **state)
{
    struct model *m = load(STR(TINY));

    (void)state;
    iterations(m, "auto", "0:2");
    iterations(m, "all", "0:2");
    iterations(m, "0:1", "0:1");
    iterations(m, "1:2", "1:2");
    iterations(m, "0:0", "0:2");
    iterations(m, "1:1", NULL);
    iterations(m, "2:1", NULL);
    iterations(m, "0:3", NULL);
    iterations(m, "1", NULL);
    iterations(m, "", NULL);
    iterations(m, "-1:2", NULL);
    model_destroy(&m);
    m = load(STR(TINY_MODEL("{\"best_iteration\":\"0\"}", "[]", TINY_GBTREE,
                            "5E-1", "[1,7,4]")));
    iterations(m, "auto", "0:1");
    iterations(m, "all", "0:2");
    iterations(m, "container", "0:2");
    model_destroy(&m);
    m = load(STR(TINY_MODEL("{\"best_ntree_limit\":\"1\"}", "[]", TINY_GBTREE,
                            "5E-1", "[1,7,4]")));
    iterations(m, "auto", "0:1");
    iterations(m, "container", "0:1");
    model_destroy(&m);
}

static void
test_base_score_list(void **state)
{
    struct model *m = load(STR(TINY_SCORED("[8.74E0]", "[3,1,0]")));

    (void)state;
    assert_string_equal(model_info(m)->saved_by, "3.1.0");
    assert_string_equal(model_info(m)->repaired,
                        "base_score was the list [8.74E0]");
    assert_true(score(m, 2, 1, 0) == 8.74f + 0.25f + 0.125f);
    assert_true(str_eq(model_bytes(m), STR(TINY_SCORED("8.74E0", "[3,1,0]"))));
    model_destroy(&m);
    m = load(STR(TINY_SCORED("[2.5E-1, 0.25]", "[3,1,0]")));
    assert_true(score(m, 2, 1, 0) == 0.625f);
    model_destroy(&m);
    refused(TINY_SCORED("[1E0,2E0]", "[3,1,0]"),
            "has its own base_score for every output");
    refused(TINY_SCORED("[]", "[3,1,0]"), "base_score");
}

/* The same dart as 1.7.4 and as 3.3 write it. */
static void
test_dart_weights(void **state)
{
    struct model *old =
        load(STR(TINY_MODEL("{}", "[]",
                            "{\"gbtree\":" TINY_GBTREE
                            ",\"name\":\"dart\",\"weight_drop\":[5E-1,2E0]}",
                            "5E-1", "[1,7,4]")));
    struct model *new = load(STR(TINY_MODEL(
        "{}", "[]",
        "{\"model\":" TINY_TREES(TINY_TREE_0) ",\"name\":\"gbtree\","
                                              "\"weight_drop\":[5E-1,2E0]}",
        "[5E-1]", "[3,3,0]")));

    (void)state;
    assert_string_equal(model_info(new)->booster, "dart");
    assert_non_null(strstr(model_info(new)->repaired, "weight_drop"));
    assert_non_null(strstr(model_info(new)->repaired, "base_score"));
    assert_true(score(old, 2, 2, 0) == 0.5f + 0.5f + 0.25f);
    assert_true(score(new, 2, 2, 0) == 0.5f + 0.5f + 0.25f);
    model_destroy(&old);
    model_destroy(&new);
}

/* A booster without names in a pickle that has them. */
static void
test_pickled_names(void **state)
{
    static const char head[] = "\x80\x03"
                               "cxgboost.core\nBooster\n)\x81}(X\x0d\0\0\0"
                               "feature_names](X\x03\0\0\0ageX\x03\0\0\0paye"
                               "X\x06\0\0\0handlecbuiltins\nbytearray\nB";
    static const char tail[] = "\x85Rub.";
    const uint32_t len = sizeof(TINY) - 1;
    struct model *m;
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 16);
    buf_put(&b, head, sizeof(head) - 1);
    buf_put(&b, &len, sizeof(len));
    buf_str(&b, STR(TINY));
    buf_put(&b, tail, sizeof(tail) - 1);
    m = load(buf_view(&b));
    assert_int_equal(model_info(m)->nname, 2);
    assert_true(str_eq(model_feature_name(m, 0), STR("age")));
    assert_true(str_eq(model_feature_name(m, 1), STR("pay")));
    assert_true(score(m, 2, 1, 0) == 0.875f);
    model_destroy(&m);
    buf_fini(&b);
}

static void
test_refused_versions(void **state)
{
    (void)state;
    refused(TINY_SCORED("5E-1", "[4,0,0]"), "saved by XGBoost 4.0.0");
}

/* Trees that libxgboost would follow out of bounds or into the wrong leaf. */
static void
test_refused_trees(void **state)
{
    static const char tiny[] = TINY;
    static const struct {
        const char *was;
        const char *is;
        const char *text;
    } bad[] = {
        {"[1,-1,3,-1,-1]", "[1,-1,0,-1,-1]", "not neighbours"},
        {"[1,-1,3,-1,-1]", "[1,-1,9,-1,-1]", "not neighbours"},
        {"[2,-1,4,-1,-1]", "[2,-1,1,-1,-1]", "not neighbours"},
        {"\"split_indices\":[0,0,1,0,0]", "\"split_indices\":[0,0,7,0,0]",
         "feature that is not there"},
        {"\"tree_info\":[0,0]", "\"tree_info\":[0,9]", "damaged"},
        {"\"num_trees\":\"2\"", "\"num_trees\":\"3\"", ""},
        {"\"id\":1", "\"id\":0", "damaged"},
        {"reg:squarederror", "reg:nonsense", "Unknown objective"},
        {"\"tree_info\":[0,0]",
         "\"iteration_indptr\":[0,1,1,2],\"tree_info\":[0,0]",
         "differ in their number of trees"},
        {"\"size_leaf_vector\":\"0\"}}", "\"size_leaf_vector\":\"3\"}}",
         "vector leaves"},
        {"\"default_left\":[1,0,0,0,0]",
         "\"default_left\":[1,0,0,0,0],\"categories\":[1],"
         "\"categories_nodes\":[0],\"categories_segments\":[0],"
         "\"categories_sizes\":[2]",
         "without its lists of categories"},
        {"\"num_feature\":\"2\",\"num_target\"",
         "\"num_feature\":\"2147483647\",\"num_target\"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *at = strstr(tiny, bad[i].was);
        char text[sizeof(tiny) + 160];

        assert_non_null(at);
        snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - tiny), tiny,
                 bad[i].is, at + strlen(bad[i].was));
        refused(text, bad[i].text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_iterations),
        cmocka_unit_test(test_base_score_list),
        cmocka_unit_test(test_dart_weights),
        cmocka_unit_test(test_pickled_names),
        cmocka_unit_test(test_refused_versions),
        cmocka_unit_test(test_refused_trees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
