/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AVX2: 32 rows a vector, a decision is a byte of 0 or 255; otherwise as with
 * AVX-512. Leaf values are looked up one by one: a gather is no faster.
 *
 * There is only a signed compare: ranks and columns both have their highest
 * bit flipped.
 */
#include "common/model/forest_rank_plan.h"

#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,popcnt")))
#define HALVES (RANK_LANES / 32)
#define NODES  ((1 << RANK_DEPTH_MAX) - 1)

/* One bit for each of 16 thresholds that is <= v. */
TARGET static inline unsigned
at_most(__m256 v, const float *threshold)
{
    __m256 low = _mm256_cmp_ps(v, _mm256_load_ps(threshold), _CMP_GE_OQ);
    __m256 high = _mm256_cmp_ps(v, _mm256_load_ps(threshold + 8), _CMP_GE_OQ);

    return (unsigned)_mm256_movemask_ps(low) |
           (unsigned)_mm256_movemask_ps(high) << 8;
}

TARGET static void
rank_range(const struct rank_plan *p, const struct rank_range *range,
           const float *x, size_t nrow, uint8_t *rank, uint8_t *missing)
{
    const float *threshold = p->threshold + range->first;
    const float *pivot = p->threshold + range->pivot;
    unsigned wide = range->wide;
    size_t stride = p->nfeature;

    x += range->feature;
    for (size_t r = 0; r < nrow; r++, x += stride) {
        __m256 v = _mm256_set1_ps(*x);
        unsigned skip = 0;

        if (wide) {
            skip = 16 * (unsigned)_mm_popcnt_u32(at_most(v, pivot));
        }
        rank[r] = (uint8_t)(skip + (unsigned)_mm_popcnt_u32(
                                       at_most(v, threshold + skip)));
        missing[r] = *x != *x ? 255 : 0;
    }
}

TARGET static void
store_columns(const struct rank_range *range, const uint8_t *rank,
              const uint8_t *missing, uint8_t *column)
{
    __m256i flip = _mm256_set1_epi8((char)0x80);

    for (size_t h = 0; h < HALVES; h++) {
        __m256i low = _mm256_loadu_si256((const __m256i *)rank + h);
        __m256i gone = _mm256_loadu_si256((const __m256i *)missing + h);
        __m256i high = _mm256_or_si256(low, gone);

        if (range->missing_left != RANK_NO_COLUMN) {
            uint8_t *to = column + (size_t)range->missing_left * RANK_ROWS;

            _mm256_store_si256((__m256i *)to + h, _mm256_xor_si256(low, flip));
        }
        if (range->missing_right != RANK_NO_COLUMN) {
            uint8_t *to = column + (size_t)range->missing_right * RANK_ROWS;

            _mm256_store_si256((__m256i *)to + h, _mm256_xor_si256(high, flip));
        }
    }
}

TARGET void
rank_rows_avx2(const struct rank_plan *p, const float *x, size_t nrow,
               uint8_t *column)
{
    uint8_t rank[RANK_LANES] = {0};
    uint8_t missing[RANK_LANES] = {0};

    for (size_t r = 0; r < nrow; r += RANK_LANES) {
        size_t n = nrow - r < RANK_LANES ? nrow - r : RANK_LANES;

        for (size_t i = 0; i < p->nrange; i++) {
            rank_range(p, &p->range[i], x + r * p->nfeature, n, rank, missing);
            store_columns(&p->range[i], rank, missing, column + r);
        }
    }
}

TARGET static void
decide(const struct rank_node *node, size_t nnode, const uint8_t *column,
       __m256i (*mask)[HALVES])
{
    for (size_t i = 0; i < nnode; i++) {
        const __m256i *c =
            (const __m256i *)(column + (size_t)node[i].column * RANK_ROWS);
        __m256i rank = _mm256_set1_epi8((char)(node[i].rank ^ 0x80));
        __m256i *to = mask[node[i].place];

        for (size_t h = 0; h < HALVES; h++) {
            to[h] = _mm256_cmpgt_epi8(_mm256_load_si256(c + h), rank);
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
    __m256i pick_##n(__m256i(*level)[HALVES], size_t h, const __m256i *bit)    \
    {                                                                          \
        return _mm256_blendv_epi8(pick_##less(level, h, bit + 1),              \
                                  pick_##less(level + (half), h, bit + 1),     \
                                  bit[0]);                                     \
    }

TARGET static inline __attribute__((always_inline)) __m256i
pick_0(__m256i (*level)[HALVES], size_t h, const __m256i *bit)
{
    (void)bit;
    return level[0][h];
}

PICK(1, 0, 1)
PICK(2, 1, 2)
PICK(3, 2, 4)
PICK(4, 3, 8)
PICK(5, 4, 16)
PICK(6, 5, 32)
PICK(7, 6, 64)

/* Leaf numbers of 32 rows: a bit a level, the root's the highest. */
TARGET static __m256i
leaf_numbers(__m256i (*mask)[HALVES], size_t h, unsigned depth)
{
    __m256i number = _mm256_setzero_si256();
    __m256i one = _mm256_set1_epi8(1);
    __m256i bit[RANK_DEPTH_MAX];

#define LEVEL(d)                                                               \
    if (depth > (d)) {                                                         \
        bit[d] = pick_##d(mask + (1u << (d)) - 1, h, bit);                     \
        number = _mm256_add_epi8(number, number);                              \
        number = _mm256_or_si256(number, _mm256_and_si256(bit[d], one));       \
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
    return number;
}

TARGET static void
add_tree(const struct rank_plan *p, const struct rank_tree *t,
         const uint8_t *column, __m256i (*mask)[HALVES], float *sum)
{
    uint8_t number[RANK_LANES] __attribute__((aligned(32)));
    const float *leaf = p->leaf + t->leaf;

    decide(p->node + t->first, t->nnode, column, mask);
    for (size_t h = 0; h < HALVES; h++) {
        _mm256_store_si256((__m256i *)number + h,
                           leaf_numbers(mask, h, t->depth));
    }
    for (size_t r = 0; r < RANK_LANES; r++) {
        sum[r] += leaf[number[r]];
    }
}

TARGET void
rank_trees_avx2(const struct rank_plan *p, const uint8_t *column, size_t nrow,
                float *sum)
{
    __m256i mask[NODES][HALVES];

    /* Places without a node select between equal leaves. */
    memset(mask, 0, sizeof(mask));
    for (size_t i = 0; i < p->ntree; i++) {
        const struct rank_tree *t = &p->tree[i];

        for (size_t r = 0; r < nrow; r += RANK_LANES) {
            add_tree(p, t, column + r, mask, sum + t->group * RANK_ROWS + r);
        }
    }
}
