/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AVX-512: four cells a vector, sixteen bytes each, right-aligned:
 *
 *     1 , 0 . 7 , - 1 2 . 3 4 5      as loaded, the last seven are meant
 *     0 0 0 0 0 0 0 1 2 . 3 4 5      minus '0', masked, the sign too
 *     0 0 0 0 0 0 0 0 1 2 3 4 5      what is before the dot moved over it
 *
 * Which bytes are before the dot is known from a sum over the cell: the dot
 * adds DOT and its place, the sign SIGN, nothing else adds. Whatever is not a
 * digit then, a second dot too, makes the cell odd.
 *
 * Two such vectors, cells 0 2 4 6 and 1 3 5 7, are zipped into eight doubles,
 * each exact (15 digits are below 2^53) and divided by an exact power of ten:
 * one rounding. Only in the middle of two floats could a second one go wrong,
 * and such cells are odd.
 */
#include "common/base/number_many.h"

#include <immintrin.h>
#include <math.h>

#define TARGET     __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#define DOT        32
#define SIGN       128
#define DIGITS_MAX 15

/* Four cells, two 64-bit halves of each. */
struct four {
    __m512i half; /* its digits, 8 of them a 32-bit value */
    __m512i mark; /* the sum */
    __m512i over; /* 0: all were digits */
};

/* The same 16 bytes for each cell. */
TARGET static inline __m512i
each(__m128i v)
{
    return _mm512_broadcast_i32x4(v);
}

TARGET static inline __m512i
places(void)
{
    return each(
        _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

/* Of cells 0, 2, 4, 6 from end on. */
TARGET static inline __m512i
load_four(const char *const *end)
{
    __m512i v =
        _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(end[0] - 16)));

    v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(end[2] - 16)),
                           1);
    v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(end[4] - 16)),
                           2);
    return _mm512_inserti32x4(
        v, _mm_loadu_si128((const __m128i *)(end[6] - 16)), 3);
}

/* The sum of both 64-bit halves of a cell, in both. */
TARGET static inline __m512i
sum_halves(__m512i v)
{
    return _mm512_add_epi64(v, _mm512_shuffle_epi32(v, _MM_PERM_BADC));
}

/* len: of each cell in all its bytes. */
TARGET static inline struct four
read_four(__m512i text, __m512i len)
{
    const __m512i place = places();
    const __m512i right = _mm512_sub_epi8(_mm512_set1_epi8(DIGITS_MAX), place);
    const __m512i dot_place = _mm512_add_epi8(place, _mm512_set1_epi8(DOT));
    __mmask64 meant = _mm512_cmpgt_epu8_mask(len, right);
    __mmask64 first = _mm512_mask_cmpeq_epi8_mask(
        meant, _mm512_sub_epi8(len, _mm512_set1_epi8(1)), right);
    __mmask64 minus =
        _mm512_mask_cmpeq_epi8_mask(first, text, _mm512_set1_epi8('-'));
    __m512i digit = _mm512_maskz_sub_epi8(_kandn_mask64(minus, meant), text,
                                          _mm512_set1_epi8('0'));
    __mmask64 dot = _mm512_cmpeq_epi8_mask(digit, _mm512_set1_epi8('.' - '0'));
    __m512i add = _mm512_mask_mov_epi8(_mm512_maskz_mov_epi8(dot, dot_place),
                                       minus, _mm512_set1_epi8((char)SIGN));
    __m512i mark = sum_halves(_mm512_sad_epu8(add, _mm512_setzero_si512()));
    __m512i where =
        _mm512_and_si512(_mm512_shuffle_epi8(mark, _mm512_setzero_si512()),
                         _mm512_set1_epi8(SIGN - 1));
    __mmask64 behind = _mm512_cmpgt_epu8_mask(dot_place, where);
    __m512i two, four;

    digit =
        _mm512_mask_blend_epi8(behind, _mm512_bslli_epi128(digit, 1), digit);
    two = _mm512_maddubs_epi16(digit, _mm512_set1_epi16(10 | 1 << 8));
    four = _mm512_madd_epi16(two, _mm512_set1_epi32(100 | 1 << 16));
    return (struct four){
        .half = _mm512_madd_epi16(_mm512_packus_epi32(four, four),
                                  _mm512_set1_epi32(10000 | 1 << 16)),
        .mark = mark,
        .over = _mm512_subs_epu8(digit, _mm512_set1_epi8(9)),
    };
}

/* The digits of eight cells as 64-bit numbers: the first half * 10^8 + other */
TARGET static inline __m512i
join(const struct four *even, const struct four *odd)
{
    __m512i both = _mm512_unpacklo_epi64(even->half, odd->half);

    return _mm512_add_epi64(
        _mm512_mul_epu32(both, _mm512_set1_epi64(100000000)),
        _mm512_srli_epi64(both, 32));
}

/* 10^how many digits are behind the dot; without one 10^0. */
TARGET static inline __m512d
power_of(__m512i mark)
{
    const __m512d low = _mm512_setr_pd(1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7);
    const __m512d high =
        _mm512_setr_pd(1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e0);
    /* The permutation looks at four bits: DOT and SIGN do not show. */
    __m512i index = _mm512_sub_epi64(_mm512_set1_epi64(DIGITS_MAX), mark);

    return _mm512_permutex2var_pd(low, index, high);
}

/* Eight cells; returns their bits. */
TARGET static inline unsigned
read_eight(const char *const *end, const uint32_t *length, float *out)
{
    const __m512i even =
        _mm512_setr_epi32(0, 0, 0, 0, 2, 2, 2, 2, 4, 4, 4, 4, 6, 6, 6, 6);
    const __m512i odd = _mm512_or_si512(even, _mm512_set1_epi32(1));
    const __m512i spread =
        _mm512_setzero_si512(); /* its first byte to all of a cell */
    __m256i len = _mm256_loadu_si256((const __m256i *)length);
    __m512i len8 = _mm512_castsi256_si512(len);
    struct four a = read_four(
        load_four(end),
        _mm512_shuffle_epi8(_mm512_permutexvar_epi32(even, len8), spread));
    struct four b = read_four(
        load_four(end + 1),
        _mm512_shuffle_epi8(_mm512_permutexvar_epi32(odd, len8), spread));
    __m512i mark = _mm512_unpacklo_epi64(a.mark, b.mark);
    __m512i over = _mm512_or_si512(_mm512_unpacklo_epi64(a.over, b.over),
                                   _mm512_unpackhi_epi64(a.over, b.over));
    __m512d v = _mm512_div_pd(_mm512_cvtepu64_pd(join(&a, &b)), power_of(mark));
    __m512i rest =
        _mm512_and_si512(_mm512_castpd_si512(v), _mm512_set1_epi64(0x1fffffff));
    __m256i mark8 = _mm512_cvtepi64_epi32(mark);
    __m256i sign =
        _mm256_slli_epi32(_mm256_and_si256(mark8, _mm256_set1_epi32(SIGN)), 24);
    /* The sign is one character, a dot is another. */
    __m256i no_digit = _mm256_add_epi32(
        _mm256_srli_epi32(mark8, 7),
        _mm256_and_si256(_mm256_srli_epi32(mark8, 5), _mm256_set1_epi32(1)));
    __mmask8 empty = _mm256_testn_epi32_mask(len, len);
    __mmask8 bad =
        _mm512_test_epi64_mask(over, over) |
        _mm512_cmpeq_epi64_mask(rest, _mm512_set1_epi64(0x10000000)) |
        _mm256_cmple_epu32_mask(len, no_digit) |
        _mm256_cmpgt_epu32_mask(len, _mm256_set1_epi32(DIGITS_MAX));
    __m256 f = _mm256_or_ps(_mm512_cvtpd_ps(v), _mm256_castsi256_ps(sign));

    _mm256_storeu_ps(out, _mm256_mask_mov_ps(f, empty, _mm256_set1_ps(NAN)));
    return bad & ~(unsigned)empty;
}

TARGET uint64_t
number_many_read_avx512(struct number_many *m)
{
    uint64_t odd = 0;
    size_t i;

    if (m->n == 0) {
        return 0;
    }
    for (i = m->n; i % 8 != 0; i++) {
        m->end[i] = m->end[0];
        m->len[i] = 0;
    }
    for (i = 0; i < m->n; i += 8) {
        odd |= (uint64_t)read_eight(m->end + i, m->len + i, m->value + i) << i;
    }
    return odd;
}
