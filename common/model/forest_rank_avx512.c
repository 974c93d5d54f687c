/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AVX-512: 64 rows a vector. One compare per node gives 64 decisions; four
 * such masks, of 256 rows, are a 256-bit vector from then on:
 *
 *   level 0        root                         the 1st bit of the leaf number
 *   level 1     [1]     [2]       bit 0 selects one of two: the 2nd bit
 *   level 2   [3] [4] [5] [6]     bit 0, then bit 1 select:  the 3rd bit
 *
 * so all bits of the leaf number of 256 rows come of a select per node, and
 * leaf values of a permutation of at most 32 floats a time.
 */
#include "common/model/forest_rank_plan.h"

#include <immintrin.h>
#include <string.h>

#define TARGET                                                                 \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,popcnt")))
#define MASKS (RANK_ROWS / RANK_LANES)
#define NODES ((1 << RANK_DEPTH_MAX) - 1)

/* How many of the range's thresholds are <= x; 0 when x is missing. */
TARGET static inline unsigned
rank_one(__m512 pivots, const float *threshold, unsigned wide, float x)
{
    __m512 v = _mm512_set1_ps(x);
    unsigned skip = 0;
    __mmask16 le;

    if (wide) {
        le = _mm512_cmp_ps_mask(v, pivots, _CMP_GE_OQ);
        skip = 16 * (unsigned)_mm_popcnt_u32(le);
    }
    le = _mm512_cmp_ps_mask(v, _mm512_load_ps(threshold + skip), _CMP_GE_OQ);
    return skip + (unsigned)_mm_popcnt_u32(le);
}

TARGET static void
rank_range(const struct rank_plan *p, const struct rank_range *range,
           const float *x, size_t nrow, uint8_t *column)
{
    uint8_t rank[RANK_LANES] = {0};
    uint8_t missing[RANK_LANES] = {0};
    const float *threshold = p->threshold + range->first;
    __m512 pivots = _mm512_load_ps(p->threshold + range->pivot);
    unsigned wide = range->wide;
    size_t stride = p->nfeature;
    __m512i low;
    __m512i high;

    x += range->feature;
    for (size_t r = 0; r < nrow; r++, x += stride) {
        rank[r] = (uint8_t)rank_one(pivots, threshold, wide, *x);
        missing[r] = *x != *x ? 255 : 0;
    }
    low = _mm512_loadu_si512(rank);
    high = _mm512_or_si512(low, _mm512_loadu_si512(missing));
    if (range->missing_left != RANK_NO_COLUMN) {
        _mm512_store_si512(column + (size_t)range->missing_left * RANK_ROWS,
                           low);
    }
    if (range->missing_right != RANK_NO_COLUMN) {
        _mm512_store_si512(column + (size_t)range->missing_right * RANK_ROWS,
                           high);
    }
}

TARGET void
rank_rows_avx512(const struct rank_plan *p, const float *x, size_t nrow,
                 uint8_t *column)
{
    for (size_t r = 0; r < nrow; r += RANK_LANES) {
        size_t n = nrow - r < RANK_LANES ? nrow - r : RANK_LANES;

        for (size_t i = 0; i < p->nrange; i++) {
            rank_range(p, &p->range[i], x + r * p->nfeature, n, column + r);
        }
    }
}

/* The decisions of all nodes: mask[place], for MASKS x 64 rows. */
TARGET static void
decide(const struct rank_node *node, size_t nnode, const uint8_t *column,
       size_t nmask, __m256i *mask)
{
    for (size_t i = 0; i < nnode; i++) {
        const uint8_t *c = column + (size_t)node[i].column * RANK_ROWS;
        __m512i rank = _mm512_set1_epi8((char)node[i].rank);
        uint64_t *to = (uint64_t *)&mask[node[i].place];

        for (size_t g = 0; g < nmask; g++) {
            __m512i v = _mm512_load_si512(c + g * RANK_LANES);

            to[g] = _mm512_cmpgt_epu8_mask(v, rank);
        }
    }
}

/*
 * The decision of the node each row is in, of the 2^n nodes of a level: the
 * first bit says in which half of them it lies, and so on. Written out, for
 * all of it to stay in registers.
 */
#define PICK(n, less, half)                                                    \
    TARGET static inline __attribute__((always_inline))                        \
    __m256i pick_##n(const __m256i *level, const __m256i *bit)                 \
    {                                                                          \
        return _mm256_ternarylogic_epi64(bit[0],                               \
                                         pick_##less(level + (half), bit + 1), \
                                         pick_##less(level, bit + 1), 0xca);   \
    }

TARGET static inline __attribute__((always_inline)) __m256i
pick_0(const __m256i *level, const __m256i *bit)
{
    (void)bit;
    return level[0];
}

PICK(1, 0, 1)
PICK(2, 1, 2)
PICK(3, 2, 4)
PICK(4, 3, 8)
PICK(5, 4, 16)
PICK(6, 5, 32)
PICK(7, 6, 64)

/* bit[d]: the decisions at level d of the node each row is in. */
TARGET static void
pick_levels(const __m256i *mask, unsigned depth, __m256i *out)
{
    __m256i bit[RANK_DEPTH_MAX];

#define LEVEL(d)                                                               \
    if (depth > (d)) {                                                         \
        out[d] = bit[d] = pick_##d(mask + (1u << (d)) - 1, bit);               \
    }
    LEVEL(0)
    LEVEL(1)
    LEVEL(2)
    LEVEL(3)
    LEVEL(4)
    LEVEL(5)
    LEVEL(6)
    LEVEL(7)
#undef LEVEL
}

/* Leaf numbers of 64 rows from their bits, the root's the highest. */
TARGET static inline __m512i
leaf_numbers(const __m256i *bit, unsigned depth, size_t g)
{
    __m512i number = _mm512_setzero_si512();
    __m512i one = _mm512_set1_epi8(1);

    for (unsigned d = 0; d < depth; d++) {
        __mmask64 k = ((const uint64_t *)&bit[d])[g];

        number = _mm512_add_epi8(number, number);
        number = _mm512_mask_add_epi8(number, k, number, one);
    }
    return number;
}

/* Values of 16 leaves by number: 32 are looked up a time, the right kept. */
TARGET static inline __m512
leaf_values(const float *leaf, unsigned depth, __m512i number)
{
    __m512 value = _mm512_permutex2var_ps(_mm512_load_ps(leaf), number,
                                          _mm512_load_ps(leaf + 16));

    for (unsigned n = 32; n < 1u << depth; n += 32) {
        __mmask16 here =
            _mm512_cmpge_epu32_mask(number, _mm512_set1_epi32((int)n));
        __m512 next = _mm512_permutex2var_ps(_mm512_load_ps(leaf + n), number,
                                             _mm512_load_ps(leaf + n + 16));

        value = _mm512_mask_mov_ps(value, here, next);
    }
    return value;
}

TARGET static void
add_leaves(const float *leaf, unsigned depth, const __m256i *bit, size_t nmask,
           float *sum)
{
    for (size_t g = 0; g < nmask; g++, sum += RANK_LANES) {
        uint8_t number[RANK_LANES] __attribute__((aligned(64)));

        _mm512_store_si512(number, leaf_numbers(bit, depth, g));
        for (size_t r = 0; r < RANK_LANES; r += 16) {
            __m128i byte = _mm_load_si128((const __m128i *)(number + r));
            __m512 value = leaf_values(leaf, depth, _mm512_cvtepu8_epi32(byte));
            __m512 old = _mm512_load_ps(sum + r);

            _mm512_store_ps(sum + r, _mm512_add_ps(old, value));
        }
    }
}

TARGET void
rank_trees_avx512(const struct rank_plan *p, const uint8_t *column, size_t nrow,
                  float *sum)
{
    __m256i mask[NODES];
    __m256i bit[RANK_DEPTH_MAX];
    size_t nmask = (nrow + RANK_LANES - 1) / RANK_LANES;

    /* Places without a node select between equal leaves. */
    memset(mask, 0, sizeof(mask));
    for (size_t i = 0; i < p->ntree; i++) {
        const struct rank_tree *t = &p->tree[i];

        decide(p->node + t->first, t->nnode, column, nmask, mask);
        pick_levels(mask, t->depth, bit);
        add_leaves(p->leaf + t->leaf, t->depth, bit, nmask,
                   sum + t->group * RANK_ROWS);
    }
}
