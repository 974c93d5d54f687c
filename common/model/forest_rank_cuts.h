/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * forest_rank_cuts - the thresholds of a forest, sorted and each once. Only
 * needed while a rank_plan is made.
 *
 *   cut    f0 f0 f0 ... f0 | f1 f1 | f3 ...     by feature, then value
 *          ^first[0]         ^first[1]  ^first[2] = first[3]
 *
 * A feature's cuts are divided into ranges of at most RANK_RANGE; range[f] is
 * the number of feature f's first range among those of all features.
 */
#include "common/base/rc.h"
#include "common/model/forest.h"

#include <stddef.h>
#include <stdint.h>

#define RANK_RANGE 255 /* ranks 0 to 255 fit a byte */

struct rank_cut {
    uint32_t feature;
    float value;
};

struct rank_cuts {
    struct rank_cut *cut;
    size_t *first; /* nfeature + 1 */
    size_t *range; /* by feature */
    size_t n;
    size_t nrange; /* of all features */
};

/* RC_NOMEM. Fini also on failure. */
MUST_USE enum rc rank_cuts_init(struct rank_cuts *c, const struct forest *f);

void rank_cuts_fini(struct rank_cuts *c);

/* Number of this node's threshold among its feature's; not of a leaf. */
size_t rank_cuts_find(const struct rank_cuts *c, const struct forest_node *n);
