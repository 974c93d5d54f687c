/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ranking_score - every item of a catalogue scored for a user. For ranking.c
 * only.
 */
#include "common/model/ranking.h"
#include "common/model/ranking_plan.h"

struct ranking {
    const struct scorer *scorer; /* of single rows */
    const struct forest *forest; /* NULL: items do not share their work */
    struct ranking_plan plan;
    ranking_sum_fn sum_lanes;
    size_t nfeature;
    size_t nitem;
    size_t ncolumn;
    float *item;
    uint32_t *column;
};

/* What a call needs beside its answer: room for the scores of `lanes` users. */
struct ranking_work {
    size_t lanes;
    float *score; /* nitem x lanes */
    struct ranking_tables tables;
    float *row; /* a block of rows for the scorer; NULL: the shared way */
};

/* To score row by row, one user a time. Fini also on failure. */
MUST_USE enum rc ranking_work_init_rows(struct ranking_work *w,
                                        const struct ranking *r);

/* To share the items' work among nuser users. Fini also on failure. */
MUST_USE enum rc ranking_work_init_shared(struct ranking_work *w,
                                          const struct ranking *r,
                                          size_t nuser);

void ranking_work_fini(struct ranking_work *w);

/* w->score of one user by the scorer, whose failure is returned. */
MUST_USE enum rc ranking_score_rows(const struct ranking *r,
                                    const struct ranking_work *w,
                                    const float *user);

/* The same bits for nuser <= w->lanes users, r having a forest. */
void ranking_score_shared(const struct ranking *r, const struct ranking_work *w,
                          const float *user, size_t nuser);
