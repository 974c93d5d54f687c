/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a booster: what is taken for a forest can be walked to its
 * leaves, and ranks give the same sums.
 */
#include "common/base/check.h"
#include "common/model/forest_rank.h"
#include "common/model/forest_sample.h"
#include "common/model/forest_walk.h"

#include <stdlib.h>

#define ROWS      9
#define FLOAT_MAX (1 << 20) /* of all rows */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
compare(const struct forest *f, const struct forest_walk *w, const float *x,
        float *walked, float *ranked)
{
    struct forest_rank *r;
    size_t bytes = ROWS * f->ngroup * sizeof(*walked);

    CHECK(forest_walk_margins(w, x, ROWS, walked) == RC_OK);
    if (!forest_isa_usable(FOREST_AVX2) ||
        forest_rank_create(&r, f, FOREST_AVX2, NULL) != RC_OK) {
        return;
    }
    CHECK(forest_rank_margins(r, x, ROWS, ranked) == RC_OK);
    CHECK(memcmp(walked, ranked, bytes) == 0);
    forest_rank_destroy(&r);
}

static void
score(const struct forest *f)
{
    float *x = malloc((ROWS * f->nfeature + 1) * sizeof(*x));
    float *a = malloc((ROWS * f->ngroup + 1) * sizeof(*a));
    float *b = malloc((ROWS * f->ngroup + 1) * sizeof(*b));
    struct forest_walk *w;

    CHECK(x != NULL && a != NULL && b != NULL);
    if (forest_walk_create(&w, f, NULL) == RC_OK) {
        forest_sample(f, 1, ROWS, x);
        compare(f, w, x, a, b);
        forest_walk_destroy(&w);
    }
    free(x);
    free(a);
    free(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str booster = {(const char *)data, size};
    struct forest *f;
    struct err e;

    if (forest_create(&f, booster, 0, 1, &e) != RC_OK) {
        return 0;
    }
    if ((f->nfeature + f->ngroup) * ROWS < FLOAT_MAX) {
        score(f);
    }
    forest_destroy(&f);
    return 0;
}
