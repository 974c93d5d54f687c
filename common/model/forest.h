/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * forest - the trees of a gbtree or dart booster, in a form evaluators are
 * built from: every tree breadth first, siblings side by side.
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/model/forest_link.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A row goes left when its feature < value, or is missing and missing_left.
 * No threshold is infinite or NaN.
 */
struct forest_node {
    float value;      /* the threshold; of a leaf: what it adds */
    uint32_t feature; /* column of a row; of a leaf: 0 */
    uint32_t left;    /* in its tree; the right one follows; 0: a leaf */
    uint32_t id;      /* number of this node in the booster */
    bool missing_left;
};

struct forest_tree {
    size_t first;   /* of its nodes, the root */
    uint32_t nnode; /* at least 1 */
    uint32_t depth; /* steps to the deepest leaf; 0: the root is one */
    uint32_t group; /* which of a row's margins it adds to */
};

struct forest {
    size_t nfeature;
    size_t ngroup; /* margins of a row */
    size_t ntree;
    size_t nnode;
    float base; /* every margin's first term */
    const struct forest_link *link;
    struct forest_tree *tree;
    struct forest_node *node;
};

/*
 * Read rounds [begin, end) of a booster saved as UBJSON. Leaves of dart carry
 * their tree's weight already. RC_REFUSED: not a booster this can hold, and
 * what it is; RC_NOMEM.
 */
MUST_USE enum rc forest_create(struct forest **out, struct str booster,
                               uint32_t begin, uint32_t end, struct err *e);

/* Frees and nulls; NULL is fine. */
void forest_destroy(struct forest **f);

/* Steps to the deepest leaf of all trees. */
uint32_t forest_depth(const struct forest *f);
