/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/scratch.h"

#include <stdlib.h>

void *
scratch_fit(struct scratch *s, const struct generation *g)
{
    size_t bytes = generation_scratch_bytes(g) + 64;

    if (bytes > s->bytes) {
        free(s->p);
        s->p = aligned_alloc(64, (bytes + 63) / 64 * 64);
        s->bytes = s->p == NULL ? 0 : bytes;
    }
    return s->p;
}

void
scratch_fini(struct scratch *s)
{
    free(s->p);
    s->p = NULL;
    s->bytes = 0;
}
