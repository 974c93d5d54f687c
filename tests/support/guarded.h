/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * guarded - memory that ends at a page nobody may touch: a parser that reads
 * one byte too far dies on the spot.
 */
#include "common/base/check.h"
#include "common/base/str.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

struct guarded {
    char *map;
    size_t cap; /* bytes before the guard page */
    size_t page;
};

/* Room for inputs of up to max bytes. */
static inline void
guarded_init(struct guarded *g, size_t max)
{
    g->page = (size_t)sysconf(_SC_PAGESIZE);
    g->cap = (max / g->page + 1) * g->page;
    g->map = mmap(NULL, g->cap + g->page, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(g->map != MAP_FAILED);
    CHECK(mprotect(g->map + g->cap, g->page, PROT_NONE) == 0);
}

static inline void
guarded_fini(struct guarded *g)
{
    CHECK(munmap(g->map, g->cap + g->page) == 0);
}

/* s, copied so that it ends at the guard. Valid until the next call. */
static inline struct str
guarded_copy(struct guarded *g, struct str s)
{
    char *to = g->map + g->cap - s.len;

    CHECK(s.len <= g->cap);
    if (s.len > 0) {
        memcpy(to, s.p, s.len);
    }
    return (struct str){to, s.len};
}
