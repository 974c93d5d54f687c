/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * number_plain - short plain numbers, sixteen characters at once and without
 * a branch on how long they are. For number_parse.c, and for who reads many
 * numbers out of one text.
 *
 * The number is at the end of what is loaded; what was before it becomes 0:
 *
 *     1 , 0 . 7 , - 1 2 . 3 4 5      as loaded, the last six are meant
 *     0 0 0 0 0 0 0 1 2 . 3 4 5      minus '0', masked
 *     0 0 0 0 0 0 0 0 1 2 3 4 5      without its dot
 *
 * Sixteen characters hold a number w / 10^scale. With w below 2^53 both are
 * exact in a double, so one division rounds correctly, and only a double in
 * the middle of two floats could round wrong once more.
 */
#include <emmintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NUMBER_PLAIN_MAX 16

/* 16 bytes from ends + n: the last n are set. */
static const unsigned char number_ends[2 * NUMBER_PLAIN_MAX] = {
    [16] = 255, 255, 255, 255, 255, 255, 255, 255,
    255,        255, 255, 255, 255, 255, 255, 255,
};

/* The double is in the middle of two floats. */
static inline bool
number_is_tie(double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof(bits));
    return (bits & 0x1fffffff) == 0x10000000;
}

/* Sixteen digits, as bytes 0 to 9: pairs, fours, eights, all. */
static inline uint64_t
number_value(__m128i digit)
{
    const __m128i low = _mm_set1_epi16(0xff);
    __m128i two = _mm_add_epi16(
        _mm_mullo_epi16(_mm_and_si128(digit, low), _mm_set1_epi16(10)),
        _mm_srli_epi16(digit, 8));
    __m128i four = _mm_madd_epi16(two, _mm_set1_epi32(100 | 1 << 16));
    __m128i eight = _mm_madd_epi16(_mm_packs_epi32(four, four),
                                   _mm_set1_epi32(10000 | 1 << 16));
    uint64_t both = (uint64_t)_mm_cvtsi128_si64(eight);

    return (both & 0xffffffff) * 100000000 + (both >> 32);
}

/*
 * The number in the len (0 to 16) characters before end, digits with at most
 * one dot; negative: that of it. Reads the 16 characters before end, whatever
 * len. False: it is something else, or needs more care.
 */
static inline bool
number_read_plain(const char *end, size_t len, bool negative, float *out)
{
    static const double power[NUMBER_PLAIN_MAX + 1] = {
        1e0, 1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7, 1e8,
        1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1,
    };
    __m128i text = _mm_loadu_si128((const __m128i *)(end - NUMBER_PLAIN_MAX));
    __m128i meant = _mm_loadu_si128((const __m128i *)(number_ends + len));
    __m128i digit =
        _mm_and_si128(_mm_sub_epi8(text, _mm_set1_epi8('0')), meant);
    __m128i is_dot = _mm_cmpeq_epi8(digit, _mm_set1_epi8('.' - '0'));
    __m128i is_digit =
        _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit);
    unsigned dot = (unsigned)_mm_movemask_epi8(is_dot);
    unsigned known = dot | (unsigned)_mm_movemask_epi8(is_digit);
    /* How many are behind the dot; all 16 when there is none. */
    unsigned scale = 16 - (31 - (unsigned)__builtin_clz(dot << 1 | 1));
    __m128i behind = _mm_loadu_si128((const __m128i *)(number_ends + scale));
    __m128i before = _mm_slli_si128(_mm_andnot_si128(is_dot, digit), 1);
    uint64_t w;
    double v;
    float f;
    uint32_t bits;

    digit = _mm_or_si128(_mm_andnot_si128(behind, before),
                         _mm_and_si128(behind, digit));
    w = number_value(digit);
    v = (double)w / power[scale];
    f = (float)v;
    memcpy(&bits, &f, sizeof(bits));
    bits |= (uint32_t)negative << 31; /* a branch on it would be a guess */
    memcpy(out, &bits, sizeof(bits));
    return known == 0xffff && (dot & (dot - 1)) == 0 && len > (dot != 0) &&
           w < UINT64_C(1) << 53 && !number_is_tie(v);
}
