/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * hist - a latency histogram: powers of two, each cut in 16, so that any
 * value is known to within 6.25 %. 1 ns to 18 minutes; larger ones count in
 * the last cell. One writer; readers on other threads see relaxed sums.
 */
#include <stdint.h>

#define HIST_CELLS 592

struct hist {
    _Atomic uint64_t cell[HIST_CELLS];
    _Atomic uint64_t sum;
};

/* Only the owning thread may record. */
void hist_record(struct hist *h, uint64_t ns);

/* The same value n times. */
void hist_record_many(struct hist *h, uint64_t ns, uint64_t n);

/* Likewise: as if nothing had been recorded. */
void hist_clear(struct hist *h);

/* into += from; `into` belongs to the caller alone. */
void hist_add(struct hist *into, const struct hist *from);

uint64_t hist_count(const struct hist *h);

/* Count of values <= ns (to the cell's upper bound). */
uint64_t hist_count_le(const struct hist *h, uint64_t ns);

/* Smallest cell bound that q (0..1) of the values do not exceed; 0 if empty. */
uint64_t hist_quantile(const struct hist *h, double q);
