/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * forest_walk_node - the trees that forest_walk_build.c lays out and
 * forest_walk.c follows; nobody else looks inside.
 *
 * A node is 8 bytes. Its right child is `right` nodes ahead, the left one just
 * before that. A leaf has a NaN for split, which no value reaches, and is its
 * own left child (right is 1): a walk that has arrived stays where it is.
 *
 *   0: split, right 2   1: split, right 3   2: NaN, right 1   3: NaN  4: NaN
 *   children 1, 2       children 3, 4       a leaf            leaves
 */
#include <stddef.h>
#include <stdint.h>

struct forest_tree;

struct walk_node {
    float split;     /* goes left when the column's value is less */
    uint16_t column; /* of a row laid out, not of the caller's */
    uint16_t right;
};

struct forest_walk {
    size_t nfeature;
    size_t ngroup;
    size_t ntree;
    size_t nleft; /* columns whose missing values go left come first */
    size_t ncolumn;
    float base;
    struct walk_node *node;
    float *value;      /* of a leaf, by node */
    float *id;         /* in the booster, by node */
    uint32_t *feature; /* of a column */
    struct forest_tree *tree;
};
