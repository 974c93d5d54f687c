/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ubj - find a value in UBJSON as libxgboost 1.7 writes it: objects whose
 * keys carry an int64 length, arrays that say their length first, numbers
 * big endian. Nothing is copied; a value is a place in the caller's bytes.
 * Every function is false when the bytes end early, are nested too deep or
 * hold something else than asked for.
 */
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a value starts; end is the end of all bytes. */
struct ubj {
    const uint8_t *p;
    const uint8_t *end;
};

/* Numbers that lie one after the other, as `ubj_f32` and `ubj_i32` read. */
struct ubj_array {
    const uint8_t *p;
    size_t n;
};

static inline struct ubj
ubj_of(struct str bytes)
{
    const uint8_t *p = (const uint8_t *)bytes.p;

    return (struct ubj){p, p + bytes.len};
}

/* The value of `key` in the object v, which is whole. */
bool ubj_member(struct ubj v, const char *key, struct ubj *out);

/* The first element and the length of the untyped array v. */
bool ubj_list(struct ubj v, struct ubj *first, size_t *n);

/* Move v behind its value, to the next element of a list. */
bool ubj_next(struct ubj *v);

/* The typed array v, of elements 'd' (float32), 'l' (int32), 'U' (byte). */
bool ubj_typed(struct ubj v, char type, struct ubj_array *out);

/* A view of the text; a whole number of any width; a float32 ('d'). */
bool ubj_string(struct ubj v, struct str *out);
bool ubj_integer(struct ubj v, int64_t *out);
bool ubj_number(struct ubj v, float *out);

static inline uint32_t
ubj_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

/* Element i of an array of type 'l'; i < a.n. */
static inline int32_t
ubj_i32(struct ubj_array a, size_t i)
{
    return (int32_t)ubj_u32(a.p + 4 * i);
}

/* Element i of an array of type 'd', bit for bit; i < a.n. */
static inline float
ubj_f32(struct ubj_array a, size_t i)
{
    uint32_t bits = ubj_u32(a.p + 4 * i);
    float f;

    memcpy(&f, &bits, sizeof(f));
    return f;
}
