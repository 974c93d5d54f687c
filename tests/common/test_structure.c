/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tiny model with one place changed. In a program this runs in a child
 * (sandbox), where mutants send it all sorts of harm.
 */
#include "common/model/structure.h"

#include "common/base/buf.h"
#include "tests/common/tiny_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define DART                                                                   \
    TINY_MODEL("{}", "[]",                                                     \
               "{\"gbtree\":{\"model\":" TINY_TREES(                           \
                   TINY_TREE_0) ",\"name\":\"gbtree\"},\"name\":\"dart\"}",    \
               "5E-1", "[1,7,4]")
#define LINEAR(weights)                                                        \
    TINY_MODEL("{}", "[]",                                                     \
               "{\"model\":{\"weights\":" weights "},\"name\":\"gblinear\"}",  \
               "5E-1", "[1,7,4]")

/* The text with the first `from` replaced; why: NULL, or what is said. */
static void
check(const char *text, const char *from, const char *to, const char *why)
{
    const char *at = strstr(text, from);
    struct err e = {""};
    struct buf b;
    enum rc rc;

    assert_non_null(at);
    buf_init(&b, 1 << 16);
    buf_put(&b, text, (size_t)(at - text));
    buf_c(&b, to);
    buf_c(&b, at + strlen(from));
    rc = structure_check(buf_view(&b), &e);
    if (rc != (why == NULL ? RC_OK : RC_REFUSED) ||
        (why != NULL && strstr(e.text, why) == NULL)) {
        fail_msg("%s for %s: rc %d, '%s'", to, from, rc, e.text);
    }
    buf_fini(&b);
}

static void
test_what_is_sound_passes(void **state)
{
    (void)state;
    check(TINY, "", "", NULL);
    check(DART, "", "", NULL);
    check(LINEAR("[1,2,3]"), "", "", NULL);
    /* A node nobody comes by may say what it likes. */
    check(TINY, "\"right_children\":[2,-1,4,-1,-1]",
          "\"right_children\":[2,-1,4,-1,99]", NULL);
    check(TINY, "\"split_indices\":[0,0,1,0,0]",
          "\"split_indices\":[0,0,1,0,77]", NULL);
}

static void
test_a_tree_is_a_tree(void **state)
{
    static const char left[] = "\"left_children\":[1,-1,3,-1,-1]";
    static const char none[] = "a tree that is none";

    (void)state;
    check(TINY, left, "\"left_children\":[1,-1,5,-1,-1]", "neighbours");
    check(TINY, left, "\"left_children\":[0,-1,3,-1,-1]", "neighbours");
    check(TINY, "\"left_children\":[1,-1,3,-1,-1]",
          "\"left_children\":[1,1,3,-1,-1]", "neighbours");
    check(TINY,
          "\"left_children\":[1,-1,3,-1,-1],"
          "\"loss_changes\":[0E0,0E0,0E0,0E0,0E0],"
          "\"parents\":[2147483647,0,0,2,2],"
          "\"right_children\":[2,-1,4,-1,-1]",
          "\"left_children\":[1,-1,1,-1,-1],\"right_children\":[2,-1,2,-1,-1]",
          none);
    check(TINY,
          "\"left_children\":[1,-1,3,-1,-1],"
          "\"loss_changes\":[0E0,0E0,0E0,0E0,0E0],"
          "\"parents\":[2147483647,0,0,2,2],"
          "\"right_children\":[2,-1,4,-1,-1]",
          "\"left_children\":[1,-1,4,-1,-1],\"right_children\":[2,-1,5,-1,-1]",
          none);
    check(DART, left, "\"left_children\":[-2,-1,3,-1,-1]", "neighbours");
}

static void
test_every_index_is_within_its_range(void **state)
{
    (void)state;
    check(TINY, "\"split_indices\":[0,0,1,0,0]",
          "\"split_indices\":[0,0,2,0,0]", "a split on a feature");
    check(TINY, "\"split_indices\":[0,0,1,0,0]",
          "\"split_indices\":[-1,0,1,0,0]", "a split on a feature");
    check(TINY, "\"tree_info\":[0,0]", "\"tree_info\":[0,1]", "a class");
    check(TINY, "\"tree_info\":[0,0]", "\"tree_info\":[-1,0]", "a class");
    check(TINY, "\"tree_info\":[0,0]", "\"tree_info\":[0]", "without classes");
    check(TINY, "\"num_class\":\"0\"", "\"num_class\":\"3\"",
          "a round without all its trees");
    check(TINY, "\"num_parallel_tree\":\"1\"", "\"num_parallel_tree\":\"0\"",
          "a round without all its trees");
}

static void
test_no_part_is_missing(void **state)
{
    (void)state;
    check(TINY, "\"num_nodes\":\"5\"", "\"num_nodes\":\"6\"", "all its nodes");
    check(TINY, "\"num_nodes\":\"5\"", "\"num_nodes\":\"0\"", "without nodes");
    check(TINY, "\"num_nodes\":\"5\"", "\"num_nodes\":\"4000000000\"",
          "without nodes");
    check(TINY, "\"left_children\"", "\"lost_children\"", "all its nodes");
    check(TINY, "\"trees\"", "\"bushes\"", "no trees");
    check(TINY, "\"gradient_booster\"", "\"boaster\"", "no booster");
    check(TINY, "\"learner_model_param\"", "\"parameters\"", "no learner");
    check("", "", "", "no learner");
    check(LINEAR("[1,2]"), "", "", "a weight too few or too many");
    check(LINEAR("[1,2,3,4]"), "", "", "a weight too few or too many");
    check(LINEAR("{}"), "", "", "no weights");
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_sound_passes),
        cmocka_unit_test(test_a_tree_is_a_tree),
        cmocka_unit_test(test_every_index_is_within_its_range),
        cmocka_unit_test(test_no_part_is_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
