/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/hist.h"

#include <stdatomic.h>

/*
 * Cells 0..15 hold the values 0..15. Above, a value with its highest bit at
 * position b >= 4 lies in group b - 3, and its next four bits choose the cell:
 *
 *   cell = 16 * (b - 3) + (ns >> (b - 4)) - 16
 *
 * 592 cells are 37 groups: b up to 39, or 2^40 ns (18 minutes).
 */
#define SUB_BITS 4
#define SUB      (1u << SUB_BITS)

static unsigned
cell_of(uint64_t ns)
{
    unsigned top;

    if (ns < SUB) {
        return (unsigned)ns;
    }
    top = 63 - (unsigned)__builtin_clzll(ns);
    if (top - SUB_BITS + 2 > HIST_CELLS / SUB) {
        return HIST_CELLS - 1;
    }
    return (top - SUB_BITS) * SUB + (unsigned)(ns >> (top - SUB_BITS));
}

/* Largest value the cell holds. */
static uint64_t
bound_of(unsigned cell)
{
    unsigned shift;

    if (cell < SUB) {
        return cell;
    }
    shift = cell / SUB - 1;
    return (((uint64_t)(cell % SUB + SUB) + 1) << shift) - 1;
}

static uint64_t
load(const _Atomic uint64_t *p)
{
    return atomic_load_explicit(p, memory_order_relaxed);
}

/* A plain add: the cell has one writer. */
static void
add(_Atomic uint64_t *p, uint64_t n)
{
    atomic_store_explicit(p, load(p) + n, memory_order_relaxed);
}

void
hist_record_many(struct hist *h, uint64_t ns, uint64_t n)
{
    add(&h->cell[cell_of(ns)], n);
    add(&h->sum, ns * n);
}

void
hist_record(struct hist *h, uint64_t ns)
{
    hist_record_many(h, ns, 1);
}

void
hist_clear(struct hist *h)
{
    for (unsigned i = 0; i < HIST_CELLS; i++) {
        atomic_store_explicit(&h->cell[i], 0, memory_order_relaxed);
    }
    atomic_store_explicit(&h->sum, 0, memory_order_relaxed);
}

void
hist_add(struct hist *into, const struct hist *from)
{
    for (unsigned i = 0; i < HIST_CELLS; i++) {
        add(&into->cell[i], load(&from->cell[i]));
    }
    add(&into->sum, load(&from->sum));
}

static uint64_t
count_to(const struct hist *h, unsigned last)
{
    uint64_t n = 0;

    for (unsigned i = 0; i <= last; i++) {
        n += load(&h->cell[i]);
    }
    return n;
}

uint64_t
hist_count(const struct hist *h)
{
    return count_to(h, HIST_CELLS - 1);
}

uint64_t
hist_count_le(const struct hist *h, uint64_t ns)
{
    return count_to(h, cell_of(ns));
}

uint64_t
hist_quantile(const struct hist *h, double q)
{
    double want = q * (double)hist_count(h);
    uint64_t seen = 0;

    if (want <= 0 && hist_count(h) == 0) {
        return 0;
    }
    for (unsigned i = 0; i < HIST_CELLS; i++) {
        uint64_t n = load(&h->cell[i]);

        seen += n;
        if (seen > 0 && (double)seen >= want) {
            return bound_of(i);
        }
    }
    return bound_of(HIST_CELLS - 1);
}
