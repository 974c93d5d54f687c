/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * forest_rank_plan - what forest_rank makes of a forest, for its kernels.
 *
 * A value becomes its rank among its feature's thresholds: how many of them
 * are <= it. Then x < threshold j just where rank <= j, and both fit a byte.
 * A feature of more than 255 thresholds has several ranges, each ranked on
 * its own. A range has up to two byte columns: a missing value is 0 where it
 * goes left and 255 where it goes right.
 *
 *   thresholds of a feature   1.5  2.5  4.0  4.5       a range, n = 4
 *   values of four rows       2.5  0.7  9.0  missing
 *   its byte columns          2    0    4    0         missing_left
 *                             2    0    4    255       missing_right
 *
 * A block of rows is ncolumn such columns of RANK_ROWS bytes, one behind the
 * other, so that a node's comparison for 64 rows is one load, one compare.
 *
 * Trees are complete binary ones of their own depth, root 0, children of i at
 * 2i + 1 and 2i + 2; a leaf higher up stands for all leaves below it. Of the
 * nodes only the real ones are listed.
 */
#include "common/base/rc.h"
#include "common/model/forest.h"

#include <stddef.h>
#include <stdint.h>

#define RANK_ROWS      256 /* a block: all trees for these, then the next */
#define RANK_LANES     64  /* rows whose decisions make one 64-bit mask */
#define RANK_DEPTH_MAX 8
#define RANK_PIVOTS    16
#define RANK_NO_COLUMN UINT32_MAX

struct rank_range {
    uint32_t feature;
    uint32_t wide;         /* more than 16 thresholds: look at pivots first */
    size_t pivot;          /* the last of every 16 thresholds, in threshold */
    size_t first;          /* 16 by 16, in threshold; NaN behind the end */
    uint32_t missing_left; /* byte columns, or RANK_NO_COLUMN */
    uint32_t missing_right;
};

/* Goes right where column > rank. */
struct rank_node {
    uint16_t column;
    uint8_t place; /* in the complete tree */
    uint8_t rank;
};

struct rank_tree {
    size_t first; /* of its nodes */
    size_t leaf;  /* of 2^depth leaf values, room for at least 32 */
    uint32_t nnode;
    uint32_t depth; /* 1 to 8 */
    uint32_t group;
};

struct rank_plan {
    size_t nfeature;
    size_t ngroup;
    size_t ntree;
    size_t nrange;
    size_t ncolumn;
    float base;
    struct rank_range *range;
    struct rank_tree *tree;
    struct rank_node *node;
    float *threshold; /* 64-byte aligned, as is leaf */
    float *leaf;
};

/*
 * Make it of a forest, which may go afterwards. RC_REFUSED: a tree is too
 * deep, or there are too many thresholds; RC_NOMEM. Fini also on failure.
 */
MUST_USE enum rc rank_plan_init(struct rank_plan *p, const struct forest *f,
                                struct err *e);

void rank_plan_fini(struct rank_plan *p);

/*
 * Ranks of nrow <= RANK_ROWS rows into columns of RANK_ROWS bytes each.
 */
typedef void (*rank_rows_fn)(const struct rank_plan *p, const float *x,
                             size_t nrow, uint8_t *column);

/*
 * Add all trees to sum: RANK_ROWS floats a group. Of the rows, the first
 * nrow, rounded up to RANK_LANES, are computed.
 */
typedef void (*rank_trees_fn)(const struct rank_plan *p, const uint8_t *column,
                              size_t nrow, float *sum);

/* With AVX2 and popcnt; with AVX-512 F, BW, VL, DQ (forest_isa_usable). */
void rank_rows_avx2(const struct rank_plan *p, const float *x, size_t nrow,
                    uint8_t *column);
void rank_trees_avx2(const struct rank_plan *p, const uint8_t *column,
                     size_t nrow, float *sum);
void rank_rows_avx512(const struct rank_plan *p, const float *x, size_t nrow,
                      uint8_t *column);
void rank_trees_avx512(const struct rank_plan *p, const uint8_t *column,
                       size_t nrow, float *sum);
