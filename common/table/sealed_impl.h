/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sealed_impl - how a sealed file begins, for what reads one (sealed.c) and
 * what writes one (sealed_write.c); nobody else includes this.
 */
#include "common/table/sealed.h"

#define SEALED_MAGIC "lkupfile"
#define SEALED_ALIGN 64

struct sealed_head {
    char magic[8];
    uint32_t kind;
    uint32_t n;
};

struct sealed_place {
    uint64_t offset;
    uint64_t len;
    uint64_t hash;
};

_Static_assert(sizeof(struct sealed_head) == 16 &&
                   sizeof(struct sealed_place) == 24,
               "as drawn");

/* Of the head, n places and their hash. */
static inline size_t
sealed_front(size_t n)
{
    return sizeof(struct sealed_head) + n * sizeof(struct sealed_place) +
           sizeof(uint64_t);
}

static inline uint64_t
sealed_align(uint64_t at)
{
    return (at + SEALED_ALIGN - 1) / SEALED_ALIGN * SEALED_ALIGN;
}
