/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * number_plain - the digits of short plain numbers, eight at once. For
 * number_parse.c only.
 *
 * Text is kept right-aligned in words of eight characters, the first in the
 * lowest byte, with '0' before it:
 *
 *     "12.345"    '0' '0' '1' '2' '.' '3' '4' '5'     as loaded
 *                 '0' '0' '0' '1' '2' '3' '4' '5'     without its dot
 */
#include "common/base/str.h"

#include <stdint.h>

#define NUMBER_PLAIN_MAX 16
#define NUMBER_ZEROS     UINT64_C(0x3030303030303030)
#define NUMBER_ONES      UINT64_C(0x0101010101010101)

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the first character is the lowest byte");

static inline uint64_t
number_load(const char *p, size_t n)
{
    uint64_t four = 0;
    uint64_t v = 0;

    if (n == 8) {
        memcpy(&v, p, 8);
        return v;
    }
    if (n >= 4) {
        memcpy(&four, p, 4);
        memcpy((char *)&v + 4, p + n - 4, 4);
        v |= four << 8 * (8 - n);
    } else {
        v = (uint64_t)(unsigned char)p[n - 1] << 56;
        v |= n > 1 ? (uint64_t)(unsigned char)p[n - 2] << 48 : 0;
        v |= n > 2 ? (uint64_t)(unsigned char)p[n - 3] << 40 : 0;
    }
    return v | NUMBER_ZEROS >> 8 * n;
}

/* Byte of the first dot, 8 if there is none. */
static inline unsigned
number_dot(uint64_t v)
{
    uint64_t other = v ^ (NUMBER_ONES * '.');
    uint64_t dot = (other - NUMBER_ONES) & ~other & (NUMBER_ONES << 7);

    return dot == 0 ? 8 : (unsigned)__builtin_ctzll(dot) / 8;
}

/* v without the byte at dot; what was before it moves up, `in` comes first. */
static inline uint64_t
number_close(uint64_t v, unsigned dot, uint64_t in)
{
    uint64_t upto = (UINT64_C(2) << (8 * dot + 7)) - 1;

    return (v & ~upto) | ((v << 8 | in) & upto);
}

static inline bool
number_all_digits(uint64_t v)
{
    return (((v + NUMBER_ONES * 0x46) | (v - NUMBER_ZEROS)) &
            (NUMBER_ONES << 7)) == 0;
}

/* Eight digits: pairs, then fours, then all of them. */
static inline uint64_t
number_value(uint64_t v)
{
    v = (v & NUMBER_ONES * 0x0f) * (1 + (10 << 8)) >> 8;
    v = (v & UINT64_C(0x00ff00ff00ff00ff)) * (1 + (100 << 16)) >> 16;
    return (v & UINT64_C(0x0000ffff0000ffff)) * (1 + (UINT64_C(10000) << 32)) >>
           32;
}

/*
 * Read 1 to 16 digits with at most one dot: w / 10^scale. False when s is
 * anything else, or a dot alone.
 */
static inline bool
number_read_plain(struct str s, uint64_t *w, int *scale)
{
    uint64_t high = NUMBER_ZEROS;
    uint64_t low;
    unsigned dot;

    if (s.len - 1 >= NUMBER_PLAIN_MAX || (s.len == 1 && s.p[0] == '.')) {
        return false;
    }
    if (s.len <= 8) {
        low = number_load(s.p, s.len);
    } else {
        high = number_load(s.p, 8);
        memcpy(&low, s.p + s.len - 8, 8);
        /* Its last characters are those that low has too. */
        high = s.len == 16
                   ? high
                   : high << 8 * (16 - s.len) | NUMBER_ZEROS >> 8 * (s.len - 8);
    }
    *scale = 0;
    dot = number_dot(low);
    if (dot < 8) {
        *scale = 7 - (int)dot;
        low = number_close(low, dot, high >> 56);
        high = high << 8 | '0';
    } else if (s.len > 8 && (dot = number_dot(high)) < 8) {
        *scale = 15 - (int)dot;
        high = number_close(high, dot, '0');
    }
    *w = number_value(low);
    if (s.len <= 8) {
        return number_all_digits(low);
    }
    *w += number_value(high) * 100000000;
    return number_all_digits(low) && number_all_digits(high);
}
