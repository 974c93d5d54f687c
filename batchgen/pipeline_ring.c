/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/pipeline_ring.h"

#include "common/base/check.h"

#include <stdlib.h>

enum rc
pipeline_ring_init(struct pipeline_ring *r, struct err *e)
{
    r->nchunk = 4 * r->p->threads + 2;
    r->spare = queue_create(r->nchunk);
    r->cut = queue_create(r->nchunk);
    r->done = queue_create(r->nchunk);
    r->early = calloc(r->nchunk, sizeof(struct chunk *));
    if (r->spare == NULL || r->cut == NULL || r->done == NULL ||
        r->early == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < r->nchunk; i++) {
        struct chunk *c = chunk_create();

        if (c == NULL) {
            return err_set(e, RC_NOMEM, "out of memory");
        }
        CHECK(queue_try_push(r->spare, c) == RC_OK);
    }
    return RC_OK;
}

static void
drain_chunks(struct queue *q)
{
    struct chunk *c;

    while (q != NULL && (c = queue_try_pop(q)) != NULL) {
        chunk_destroy(&c);
    }
}

void
pipeline_ring_fini(struct pipeline_ring *r)
{
    for (size_t i = 0; r->early != NULL && i < r->nchunk; i++) {
        chunk_destroy(&r->early[i]);
    }
    free(r->early);
    drain_chunks(r->spare);
    drain_chunks(r->cut);
    drain_chunks(r->done);
    queue_destroy(&r->spare);
    queue_destroy(&r->cut);
    queue_destroy(&r->done);
}
