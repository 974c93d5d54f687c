/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * top - the k best of a stream of scored items: score down, NaN last, then
 * the order they came in.
 */
#include "common/table/record.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

struct top {
    struct record_item *item; /* best first */
    size_t k, n;
};

/* True if a score goes before another that came earlier. */
static inline bool
top_before(float score, float earlier)
{
    return score > earlier || (isnan(earlier) && !isnan(score));
}

/* Put an item where it belongs, dropping the last when there are k already. */
void top_insert(struct top *t, uint32_t item, float score);

/* Offer n items numbered from `first`, in order. */
static inline void
top_offer(struct top *t, uint32_t first, const float *score, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (t->n < t->k || top_before(score[i], t->item[t->n - 1].score)) {
            top_insert(t, first + (uint32_t)i, score[i]);
        }
    }
}
