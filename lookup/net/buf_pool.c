/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/buf_pool.h"

void
buf_pool_take(struct buf_pool *pool, struct buf *b)
{
    if (b->cap == 0 && pool->n > 0) {
        const struct buf *spare = &pool->spare[--pool->n];

        b->p = spare->p;
        b->cap = spare->cap;
    }
}

void
buf_pool_give(struct buf_pool *pool, struct buf *b)
{
    size_t max = b->max;

    if (b->cap == 0 || b->cap > BUF_POOL_LARGE || pool->n == BUF_POOL_SLOTS) {
        buf_fini(b);
    } else {
        buf_clear(b);
        pool->spare[pool->n++] = *b;
    }
    buf_init(b, max);
}

void
buf_pool_fini(struct buf_pool *pool)
{
    while (pool != NULL && pool->n > 0) {
        buf_fini(&pool->spare[--pool->n]);
    }
}
