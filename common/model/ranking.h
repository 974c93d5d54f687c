/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ranking - the best items of a catalogue for a user: every item scored with
 * the user's features and its own, the best k kept.
 * Immutable once created; any number of threads may share one.
 */
#include "common/base/rc.h"
#include "common/model/scorer.h"
#include "common/table/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ranking;

/* The items: nitem x ncolumn floats, row-major, NaN is missing. */
struct ranking_catalogue {
    const float *x;
    size_t nitem;
    const uint32_t *column; /* which feature of the model each column is */
    size_t ncolumn;
};

/* With which instructions sums are made; every way gives the same bits. */
enum ranking_isa {
    RANKING_PLAIN,
    RANKING_AVX2,
    RANKING_AVX512,
};

/* The widest this CPU has. */
enum ranking_isa ranking_isa_best(void);

/*
 * Prepare to rank this catalogue, which is copied, by what `scorer` says. The
 * scorer must predict values and outlive the ranking. Takes limit_bytes at
 * most; a catalogue that needs more, or a scorer that is no forest, is scored
 * row by row. RC_REFUSED: the model predicts more than one value.
 */
MUST_USE enum rc ranking_create(struct ranking **out,
                                const struct scorer *scorer,
                                const struct ranking_catalogue *catalogue,
                                enum ranking_isa isa, size_t limit_bytes,
                                struct err *e);

/* Frees and nulls; NULL is fine. */
void ranking_destroy(struct ranking **r);

/* Whether items share their work, or are scored row by row. */
bool ranking_is_shared(const struct ranking *r);

/*
 * The best k items of nuser users, best first: score down, NaN last, then as
 * in the catalogue. user: nuser rows of the model's features, of which those
 * the catalogue has are not looked at. out: nuser x k, where of k > nitem only
 * the first nitem are written. Many users a call are cheaper each.
 */
MUST_USE enum rc ranking_top(const struct ranking *r, const float *user,
                             size_t nuser, size_t k, struct record_item *out);
