/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/forest.h"
#include "common/model/ubj.h"
#include "tests/support/train.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct train shape = {
    "multi:softprob", NULL, "num_parallel_tree=2", 4, 3, 5, 2000, 3, 0};

/* A booster and the columns of its first tree, to be damaged. */
struct booster {
    char *bytes;
    size_t len;
    struct ubj tree;
};

static void
open_booster(struct booster *b)
{
    static const char *const path[] = {"learner", "gradient_booster", "model",
                                       "trees"};
    size_t n;

    b->bytes = train_model(&shape, &b->len);
    b->tree = ubj_of((struct str){b->bytes, b->len});
    for (size_t i = 0; i < sizeof(path) / sizeof(*path); i++) {
        assert_true(ubj_member(b->tree, path[i], &b->tree));
    }
    assert_true(ubj_list(b->tree, &b->tree, &n));
    assert_int_equal(n, 24);
}

static enum rc
read_rounds(const struct booster *b, uint32_t begin, uint32_t end,
            struct forest **f)
{
    struct err e;

    return forest_create(f, (struct str){b->bytes, b->len}, begin, end, &e);
}

static void
a_round_is_a_layer_of_trees(void **state)
{
    struct booster b;
    struct forest *f;

    (void)state;
    open_booster(&b);
    assert_int_equal(read_rounds(&b, 1, 3, &f), RC_OK);
    assert_int_equal(f->ntree, 2 * 2 * 3);
    assert_int_equal(f->ngroup, 3);
    assert_int_equal(f->nfeature, 5);
    for (size_t i = 0; i < f->ntree; i++) {
        assert_int_equal(f->tree[i].group, i / 2 % 3);
        assert_true(f->tree[i].depth <= 3);
    }
    forest_destroy(&f);
    assert_null(f);
    assert_int_equal(read_rounds(&b, 0, 5, &f), RC_REFUSED);
    free(b.bytes);
}

static void
siblings_lie_side_by_side_behind_their_parent(void **state)
{
    struct booster b;
    struct forest *f;

    (void)state;
    open_booster(&b);
    assert_int_equal(read_rounds(&b, 0, 4, &f), RC_OK);
    for (size_t t = 0; t < f->ntree; t++) {
        const struct forest_node *root = f->node + f->tree[t].first;
        uint32_t next = 1;

        for (uint32_t i = 0; i < f->tree[t].nnode; i++) {
            if (root[i].left != 0) {
                assert_int_equal(root[i].left, next);
                next += 2;
            }
        }
        assert_int_equal(next, f->tree[t].nnode);
    }
    forest_destroy(&f);
    free(b.bytes);
}

/* Write 4 bytes, big endian, over an element of the first tree. */
static void
damage(struct booster *b, const char *column, char type, size_t i,
       uint32_t value)
{
    struct ubj_array a;
    struct ubj v;
    char *to;

    assert_true(ubj_member(b->tree, column, &v));
    assert_true(ubj_typed(v, type, &a));
    to = b->bytes + ((const char *)a.p - b->bytes) + 4 * i;
    for (int k = 0; k < 4; k++) {
        to[k] = (char)(value >> (24 - 8 * k));
    }
}

/* What libxgboost would walk for ever, or outside of, is not taken. */
static void
damaged_trees_are_refused(void **state)
{
    static const struct {
        const char *column;
        char type;
        uint32_t value;
    } damaged[] = {
        {"left_children", 'l', 0},
        {"left_children", 'l', 0x7fffffff},
        {"left_children", 'l', (uint32_t)-2},
        {"right_children", 'l', 7},
        {"split_indices", 'l', 5},
        {"split_indices", 'l', (uint32_t)-1},
        {"split_conditions", 'd', 0x7fc00000},
        {"split_conditions", 'd', 0xff800000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(damaged) / sizeof(*damaged); i++) {
        struct booster b;
        struct forest *f;

        open_booster(&b);
        damage(&b, damaged[i].column, damaged[i].type, 0, damaged[i].value);
        assert_int_equal(read_rounds(&b, 0, 4, &f), RC_REFUSED);
        free(b.bytes);
    }
}

/* Two nodes with the same children: a tree that never ends. */
static void
shared_children_are_refused(void **state)
{
    struct booster b;
    struct forest *f;

    (void)state;
    open_booster(&b);
    damage(&b, "left_children", 'l', 1, 1);
    damage(&b, "right_children", 'l', 1, 2);
    assert_int_equal(read_rounds(&b, 0, 4, &f), RC_REFUSED);
    free(b.bytes);
}

static void
a_cut_booster_is_refused(void **state)
{
    struct booster b;
    struct forest *f;
    size_t len;

    (void)state;
    open_booster(&b);
    len = b.len;
    for (size_t n = 0; n < 64; n++) {
        b.len = len * n / 64;
        assert_int_equal(read_rounds(&b, 0, 4, &f), RC_REFUSED);
    }
    free(b.bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_is_a_layer_of_trees),
        cmocka_unit_test(siblings_lie_side_by_side_behind_their_parent),
        cmocka_unit_test(damaged_trees_are_refused),
        cmocka_unit_test(shared_children_are_refused),
        cmocka_unit_test(a_cut_booster_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
