/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/keep_impl.h"

#include <stdlib.h>

struct keep *
keep_create(void)
{
    struct keep *k = calloc(1, sizeof(*k));

    if (k != NULL) {
        k->limit_bytes = UINT64_MAX;
        spill_init(&k->spill);
    }
    return k;
}

void
keep_limit(struct keep *k, uint64_t limit_bytes)
{
    k->limit_bytes = limit_bytes;
}

void
keep_destroy(struct keep **k)
{
    if (*k == NULL) {
        return;
    }
    for (size_t i = 0; i < (*k)->nblock; i++) {
        free((*k)->block[i].p);
    }
    free((*k)->block);
    spill_fini(&(*k)->spill);
    keep_ungroup(*k);
    free(*k);
    *k = NULL;
}

size_t
keep_put(struct buf *bytes, uint64_t hash, struct str user, size_t payload_size)
{
    return keep_slot_put(bytes, hash, user, payload_size);
}

static enum rc
add_block(struct keep *k, struct keep_block **out)
{
    if (k->nblock == k->block_cap) {
        size_t cap = k->block_cap == 0 ? 256 : 2 * k->block_cap;
        struct keep_block *more = realloc(k->block, cap * sizeof(*more));

        if (more == NULL) {
            return RC_NOMEM;
        }
        k->block = more;
        k->block_cap = cap;
    }
    *out = &k->block[k->nblock];
    **out = (struct keep_block){.p = NULL};
    return RC_OK;
}

/* The block takes the memory over. */
static void
hold(struct keep *k, struct keep_block *b, struct buf *bytes)
{
    char *fitted = realloc(bytes->p, bytes->len);

    b->p = fitted != NULL ? fitted : bytes->p;
    k->held_bytes += bytes->len;
    buf_init(bytes, bytes->max);
}

enum rc
keep_add(struct keep *k, struct buf *bytes, size_t nrow)
{
    struct keep_block *b;
    enum rc rc;

    if (nrow == 0) {
        buf_clear(bytes);
        return RC_OK;
    }
    rc = add_block(k, &b);
    if (rc != RC_OK) {
        return rc;
    }
    if (k->held_bytes + bytes->len <= k->limit_bytes) {
        hold(k, b, bytes);
    } else {
        rc = spill_write(&k->spill, buf_view(bytes), &b->offset);
        buf_clear(bytes);
    }
    b->nrow = nrow;
    k->nblock += rc == RC_OK;
    k->total += rc == RC_OK ? nrow : 0;
    return rc;
}
