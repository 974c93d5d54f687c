/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * guarded_input - bytes that end where a page ends, with nothing behind it: a
 * read past the end is a crash, not luck.
 */
#include "common/base/check.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct guarded_input {
    char *map;
    size_t map_bytes;
    size_t room_bytes;
};

static inline struct guarded_input
guarded_create(size_t max_bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct guarded_input g;

    g.room_bytes = (max_bytes / page + 1) * page;
    g.map_bytes = g.room_bytes + page;
    g.map = mmap(NULL, g.map_bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(g.map != MAP_FAILED);
    CHECK(mprotect(g.map + g.room_bytes, page, PROT_NONE) == 0);
    return g;
}

/* Where n bytes begin so that they end at the page's end. */
static inline char *
guarded_at(const struct guarded_input *g, size_t n)
{
    CHECK(n <= g->room_bytes);
    return g->map + g->room_bytes - n;
}

static inline void
guarded_destroy(struct guarded_input *g)
{
    CHECK(munmap(g->map, g->map_bytes) == 0);
    g->map = NULL;
}
