/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * buf_pool - memory that buffers lend each other: whoever has bytes holds
 * some, whoever is empty holds none. So 10,000 idle connections cost nothing
 * and a busy one allocates nothing. One thread.
 */
#include "common/base/buf.h"

#define BUF_POOL_SLOTS 64
#define BUF_POOL_LARGE (256 * 1024) /* larger ones are freed, not kept */

struct buf_pool {
    struct buf spare[BUF_POOL_SLOTS];
    size_t n;
};

/* Give an empty b some memory, if there is any and b has none. */
void buf_pool_take(struct buf_pool *pool, struct buf *b);

/* Clear b and take its memory; b stays usable. */
void buf_pool_give(struct buf_pool *pool, struct buf *b);

void buf_pool_fini(struct buf_pool *pool);
