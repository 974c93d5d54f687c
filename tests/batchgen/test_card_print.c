/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cards made by hand, of models from a text; what card_init finds out about a
 * file is for tests/e2e/test_models.py.
 */
#include "batchgen/card.h"

#include "tests/common/tiny_model.h"
#include "tests/support/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NAMED                                                                  \
    TINY_MODEL("{\"best_iteration\":\"1\",\"best_ntree_limit\":\"2\"}",        \
               "[\"age\",\"x\\\"y\"]", TINY_GBTREE, "5E-1", "[1,7,4]")
#define NEWER TINY_SCORED("[5E-1]", "[3,1,0]")

static struct model *
load(struct str text)
{
    struct model *m;
    struct err e = {""};

    if (model_load(&m, text, false, &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
    return m;
}

static struct card
card_of(const struct model *m)
{
    return (struct card){
        .model = m,
        .iterations = "0:2",
        .noutput = 1,
        .ntree = 2,
        .depth = 3,
        .scorer = "forest",
        .check = "the \"bits\"",
        .row_ns = 1500,
        .bulk_ns = 250,
    };
}

static void
print(struct capture *c, const struct card *card, const char *path, bool json)
{
    capture_begin(c, STDOUT_FILENO);
    card_print(card, path, json);
    capture_end(c);
}

static void
test_json_has_every_key(void **state)
{
    struct model *m = load(STR(NAMED));
    struct card card = card_of(m);
    struct str types[] = {STR("int"), STR("q")};
    struct capture c;

    (void)state;
    card.type = types;
    print(&c, &card, "a\nb", true);
    assert_string_equal(
        c.text, "{\"model\":\"a\\nb\",\"objective\":\"reg:squarederror\","
                "\"booster\":\"gbtree\",\"format\":\"json\","
                "\"saved_by\":\"1.7.4\",\"outputs\":1,\"rounds\":2,"
                "\"trees\":2,\"depth\":3,\"best_iteration\":1,"
                "\"best_ntree_limit\":2,\"iterations\":\"0:2\","
                "\"repaired\":null,\"scorer\":\"forest\","
                "\"self_check\":\"the \\\"bits\\\"\",\"row_ns\":1500,"
                "\"bulk_row_ns\":250.0,\"named\":true,\"features\":["
                "{\"name\":\"age\",\"type\":\"int\"},"
                "{\"name\":\"x\\\"y\",\"type\":\"q\"}]}\n");
    model_destroy(&m);
}

static void
test_json_says_null_of_what_is_not_known(void **state)
{
    struct model *m = load(STR(TINY));
    struct card card = card_of(m);
    struct capture c;

    (void)state;
    card.ntree = card.depth = -1;
    print(&c, &card, "m", true);
    assert_non_null(strstr(c.text, "\"trees\":null,\"depth\":null,"
                                   "\"best_iteration\":null,"
                                   "\"best_ntree_limit\":null"));
    assert_non_null(strstr(c.text, "\"named\":false,\"features\":["
                                   "{\"name\":\"f0\",\"type\":null},"
                                   "{\"name\":\"f1\",\"type\":null}]"));
    model_destroy(&m);
}

static void
test_text_is_for_people(void **state)
{
    struct model *m = load(STR(NAMED));
    struct card card = card_of(m);
    struct capture c;

    (void)state;
    print(&c, &card, "churn.json", false);
    assert_string_equal(
        c.text, "churn.json\n"
                "  saved       as json by XGBoost 1.7.4\n"
                "  objective   reg:squarederror, 1 output\n"
                "  booster     gbtree, 2 rounds, 2 trees of depth 3\n"
                "  iterations  0:2 (the file says best_iteration 1)\n"
                "  repaired    nothing\n"
                "  scorer      forest: the \"bits\"\n"
                "  cost        1.50 us for one row, 0.250 us a row in bulk\n"
                "  features    2\n"
                "    age  \n"
                "    x\"y  \n");
    model_destroy(&m);
}

static void
test_text_says_what_was_repaired(void **state)
{
    struct model *m = load(STR(NEWER));
    struct card card = card_of(m);
    struct capture c;

    (void)state;
    card.ntree = -1;
    card.noutput = 3;
    print(&c, &card, "m", false);
    assert_non_null(strstr(c.text, "gbtree, 2 rounds\n  iterations  0:2\n"));
    assert_non_null(strstr(c.text, "reg:squarederror, 3 outputs\n"));
    assert_non_null(
        strstr(c.text, "  repaired    base_score was the list [5E-1]\n"));
    assert_non_null(strstr(c.text, "  features    2, without names\n"));
    model_destroy(&m);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_has_every_key),
        cmocka_unit_test(test_json_says_null_of_what_is_not_known),
        cmocka_unit_test(test_text_is_for_people),
        cmocka_unit_test(test_text_says_what_was_repaired),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
