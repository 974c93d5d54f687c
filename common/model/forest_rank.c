/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/forest_rank.h"

#include "common/base/aligned.h"
#include "common/model/forest_rank_plan.h"

#include <stdlib.h>

struct forest_rank {
    struct rank_plan plan;
    rank_rows_fn rows;
    rank_trees_fn trees;
};

bool
forest_isa_usable(enum forest_isa isa)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("popcnt")) {
        return false;
    }
    if (isa == FOREST_AVX2) {
        return __builtin_cpu_supports("avx2");
    }
    return __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
}

enum rc
forest_rank_create(struct forest_rank **out, const struct forest *f,
                   enum forest_isa isa, struct err *e)
{
    struct forest_rank *r = calloc(1, sizeof(*r));
    enum rc rc;

    if (r == NULL) {
        return err_set(e, RC_NOMEM, "no memory for an evaluator");
    }
    r->rows = isa == FOREST_AVX512 ? rank_rows_avx512 : rank_rows_avx2;
    r->trees = isa == FOREST_AVX512 ? rank_trees_avx512 : rank_trees_avx2;
    rc = rank_plan_init(&r->plan, f, e);
    if (rc != RC_OK) {
        forest_rank_destroy(&r);
        return rc;
    }
    *out = r;
    return RC_OK;
}

void
forest_rank_destroy(struct forest_rank **r)
{
    if (r == NULL || *r == NULL) {
        return;
    }
    rank_plan_fini(&(*r)->plan);
    free(*r);
    *r = NULL;
}

static void
score_block(const struct forest_rank *r, const float *x, size_t nrow,
            uint8_t *column, float *sum, float *margin)
{
    const struct rank_plan *p = &r->plan;

    r->rows(p, x, nrow, column);
    for (size_t i = 0; i < p->ngroup * RANK_ROWS; i++) {
        sum[i] = p->base;
    }
    r->trees(p, column, nrow, sum);
    for (size_t i = 0; i < nrow; i++) {
        for (size_t g = 0; g < p->ngroup; g++) {
            margin[i * p->ngroup + g] = sum[g * RANK_ROWS + i];
        }
    }
}

enum rc
forest_rank_margins(const struct forest_rank *r, const float *x, size_t nrow,
                    float *margin)
{
    const struct rank_plan *p = &r->plan;
    uint8_t *column = aligned_zeroed(p->ncolumn, RANK_ROWS);
    float *sum = aligned_zeroed(p->ngroup * RANK_ROWS, sizeof(*sum));
    enum rc rc = column == NULL || sum == NULL ? RC_NOMEM : RC_OK;

    for (size_t i = 0; rc == RC_OK && i < nrow; i += RANK_ROWS) {
        size_t n = nrow - i < RANK_ROWS ? nrow - i : RANK_ROWS;

        score_block(r, x + i * p->nfeature, n, column, sum,
                    margin + i * p->ngroup);
    }
    free(column);
    free(sum);
    return rc;
}
