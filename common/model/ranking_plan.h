/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ranking_plan - what the items of a catalogue have in common.
 *
 * Where a tree asks for an item's feature, the answer does not depend on the
 * user. Items that a tree's item splits all send the same way are a class of
 * that tree, found once per catalogue. For a user each class of a tree has
 * one leaf: user splits are resolved by value, an item split is a bit set of
 * the classes that go left. Then a tree adds to an item's sum the leaf of the
 * item's class: two bytes of memory and one addition, trees in order.
 */
#include "common/base/rc.h"
#include "common/model/forest.h"
#include "common/model/ranking.h"

#include <stddef.h>
#include <stdint.h>

struct ranking_node {
    float value; /* as in forest_node */
    uint32_t feature;
    uint32_t left; /* 0: a leaf */
    bool missing_left;
    bool by_item;
    size_t set; /* by_item: of the classes that go left, first word */
};

struct ranking_tree {
    size_t first; /* of its nodes */
    uint32_t nclass;
    uint32_t nword; /* of a set of classes */
};

struct ranking_plan {
    size_t ntree;
    size_t nitem;
    uint32_t nclass; /* of the tree with most */
    uint32_t nword;  /* of its sets */
    uint32_t depth;
    float base;
    struct ranking_node *node;
    struct ranking_tree *tree;
    uint64_t *set;
    uint16_t *code; /* class of an item, ntree x nitem */
};

static inline bool
ranking_goes_left(const struct ranking_node *n, float x)
{
    return x != x ? n->missing_left : x < n->value;
}

/*
 * RC_FULL: it would take more than limit_bytes; RC_REFUSED: a tree is deeper
 * than 64 levels or has more than 65,536 classes.
 */
MUST_USE enum rc ranking_plan_init(struct ranking_plan *p,
                                   const struct forest *f,
                                   const struct ranking_catalogue *c,
                                   size_t limit_bytes);

/* Fine after an init that failed. */
void ranking_plan_fini(struct ranking_plan *p);

/* Users whose sums are made together, and trees. */
#define RANKING_LANES 16
#define RANKING_TREES 4

/* Leaves of the classes of RANKING_TREES trees, for 1 or RANKING_LANES users.
 */
struct ranking_tables {
    size_t lanes;
    float *leaf[RANKING_TREES]; /* by class, then user; 64-byte aligned */
    uint64_t *scratch;
};

/* Fini also on failure. */
MUST_USE enum rc ranking_tables_init(struct ranking_tables *t,
                                     const struct ranking_plan *p,
                                     size_t lanes);

void ranking_tables_fini(struct ranking_tables *t);

/*
 * Fill leaf[0] to leaf[ntree - 1] for trees first, first + 1, ... and users
 * of nfeature floats; ntree <= RANKING_TREES, nuser <= lanes.
 */
void ranking_tables_fill(const struct ranking_tables *t,
                         const struct ranking_plan *p, size_t first,
                         size_t ntree, const float *user, size_t nuser,
                         size_t nfeature);

/* Add these trees to the sums: nitem x lanes floats, 64-byte aligned. */
typedef void (*ranking_sum_fn)(const struct ranking_plan *p,
                               const struct ranking_tables *t, size_t first,
                               size_t ntree, float *sum);

/* For one lane. */
void ranking_sum_one(const struct ranking_plan *p,
                     const struct ranking_tables *t, size_t first, size_t ntree,
                     float *sum);

/* For RANKING_LANES. */
ranking_sum_fn ranking_sum_lanes(enum ranking_isa isa);
