/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/categories.h"

#include "common/model/doc.h"

#include <stdlib.h>

/* Categories are kept as float32, which has all whole numbers up to here. */
#define CATEGORY_MAX (1 << 24)

/* An array of numbers, on the heap. */
struct list {
    int64_t *p;
    size_t n;
};

static bool
read_list(const struct doc *d, struct str array, struct list *l)
{
    l->p = calloc(array.len + 1, sizeof(*l->p));
    return l->p != NULL && doc_integers(d, array, l->p, array.len, &l->n);
}

/* Each split has its run of categories, and each of those is a number. */
static bool
are_sound(const struct list *begin, const struct list *size,
          const struct list *category, const struct list *node)
{
    if (begin->n != node->n || size->n != node->n) {
        return false;
    }
    for (size_t i = 0; i < category->n; i++) {
        if (category->p[i] < 0 || category->p[i] >= CATEGORY_MAX) {
            return false;
        }
    }
    for (size_t i = 0; i < node->n; i++) {
        uint64_t from = (uint64_t)begin->p[i];

        if (from > category->n || size->p[i] <= 0 ||
            (uint64_t)size->p[i] > category->n - from) {
            return false;
        }
    }
    return true;
}

/* A tree without these members has no such splits. */
static enum rc
check_tree(const struct doc *d, struct str tree, struct err *e)
{
    struct doc_member m[] = {{.key = "categories_segments"},
                             {.key = "categories_sizes"},
                             {.key = "categories"},
                             {.key = "categories_nodes"}};
    struct list list[4] = {{NULL, 0}};
    bool sound = true;

    if (!doc_members(d, tree, m, 4)) {
        sound = false;
    } else if (m[3].value.p != NULL) {
        for (int i = 0; i < 4; i++) {
            sound = sound && read_list(d, m[i].value, &list[i]);
        }
        sound = sound && are_sound(&list[0], &list[1], &list[2], &list[3]);
    }
    for (int i = 0; i < 4; i++) {
        free(list[i].p);
    }
    return sound ? RC_OK
                 : err_set(e, RC_REFUSED,
                           "the model is damaged (a tree without its lists of "
                           "categories): copy or save it again");
}

/* The trees of a gbtree, or of the gbtree inside a dart; p NULL: none. */
static struct str
find_trees(const struct doc *d)
{
    struct doc_member learner = {.key = "learner"};
    struct doc_member booster = {.key = "gradient_booster"};
    struct doc_member in[] = {{.key = "gbtree"}, {.key = "model"}};
    struct doc_member trees = {.key = "trees"};
    struct str root;

    if (!doc_root(d, &root) || !doc_members(d, root, &learner, 1) ||
        !doc_members(d, learner.value, &booster, 1) ||
        !doc_members(d, booster.value, in, 2)) {
        return (struct str){NULL, 0};
    }
    if (in[0].value.p != NULL && !doc_members(d, in[0].value, &in[1], 1)) {
        return (struct str){NULL, 0};
    }
    (void)doc_members(d, in[1].value, &trees, 1);
    return trees.value;
}

enum rc
categories_check(struct str bytes, bool ubjson, struct err *e)
{
    struct doc d = {.text = bytes, .ubjson = ubjson};
    struct str rest;
    struct str tree;

    if (!doc_array(&d, find_trees(&d), &rest)) {
        return RC_OK;
    }
    while (doc_next(&d, &rest, &tree)) {
        enum rc rc = check_tree(&d, tree, e);

        if (rc != RC_OK) {
            return rc;
        }
    }
    return RC_OK;
}
