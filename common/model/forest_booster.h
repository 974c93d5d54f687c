/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * forest_booster - where the parts of a booster lie in the UBJSON that
 * libxgboost 1.7 saves. Views of the caller's bytes; nothing is copied.
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/model/forest_link.h"
#include "common/model/ubj.h"

#include <stdbool.h>
#include <stddef.h>

struct forest_booster {
    const struct forest_link *link;
    size_t nfeature;
    size_t ngroup; /* margins of a row */
    float base;    /* every margin's first term */
    size_t ntree;
    size_t layer;       /* trees of a round */
    bool dart;          /* trees have weights */
    struct ubj trees;   /* the next one */
    struct ubj infos;   /* its group */
    struct ubj weights; /* its weight, of dart */
};

/* One tree as saved: columns of equal length, an element a node. */
struct forest_columns {
    struct ubj_array left;
    struct ubj_array right;
    struct ubj_array feature;
    struct ubj_array value;
    struct ubj_array missing_left;
    struct ubj_array type; /* 0 numbers, 1 categories */
};

/* RC_REFUSED says what it has that trees of known objectives have not. */
MUST_USE enum rc forest_booster_open(struct forest_booster *b,
                                     struct str booster, struct err *e);

/* Go on to the ntree-th tree from here; false: there are not so many. */
bool forest_booster_skip(struct forest_booster *b, size_t ntree);

/* The columns of the tree that begins here; false: one is not as it should. */
bool forest_columns_read(struct ubj tree, struct forest_columns *c);
