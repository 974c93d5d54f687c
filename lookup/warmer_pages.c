/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/warmer_pages.h"

#include "common/base/clock.h"
#include "common/table/snapshot.h"

/* Whether it was read from Redis or a file. */
static void
enlarge(struct generation *g, uint64_t end_ns)
{
    struct snapshot *s = g == NULL ? NULL : atomic_load(&g->snapshot);

    while (s != NULL && !g->paged && clock_mono_ns() < end_ns) {
        g->paged = snapshot_enlarge_pages(s);
    }
}

void
warmer_pages_enlarge(struct followed *const *table, size_t n, uint64_t end_ns)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t slot = 0; slot < FOLLOWED_SLOTS; slot++) {
            enlarge(table[i]->held[slot], end_ns);
        }
    }
}
