/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scorer_trial - a forest's sample rows with the reference's answers: does a
 * scorer give the same bits, and how fast.
 */
#include "common/model/forest.h"
#include "common/model/scorer.h"

#include <stddef.h>
#include <stdint.h>

struct scorer_trial {
    size_t nrow;
    size_t nfeature;
    size_t noutput;
    float *x;
    float *expected;
    float *y;
};

/* Make about 1,000 rows, fewer of very many features. Fini also on failure. */
MUST_USE enum rc scorer_trial_init(struct scorer_trial *t,
                                   const struct forest *f,
                                   const struct scorer *reference,
                                   struct err *e);

void scorer_trial_fini(struct scorer_trial *t);

/*
 * Score the first `calls` batches of `batch` rows, the last may be shorter,
 * and compare every bit: RC_REFUSED names the row that differs. *ns: what the
 * fastest whole batch took.
 */
MUST_USE enum rc scorer_trial_run(const struct scorer_trial *t,
                                  const struct scorer *s, size_t batch,
                                  size_t calls, uint64_t *ns, struct err *e);
