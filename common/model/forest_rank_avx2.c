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

/* The decision, at level d, of the node each row is in; bit[0..d-1] known. */
TARGET static inline __m256i
select_level(__m256i (*mask)[HALVES], size_t h, const __m256i *bit, unsigned d)
{
    __m256i level[NODES / 2 + 1];
    unsigned half = 1u << (d - 1);

    mask += (1u << d) - 1;
    for (unsigned i = 0; i < half; i++) {
        level[i] = _mm256_blendv_epi8(mask[i][h], mask[i + half][h], bit[0]);
    }
    for (unsigned b = 1; b < d; b++) {
        half /= 2;
        for (unsigned i = 0; i < half; i++) {
            level[i] = _mm256_blendv_epi8(level[i], level[i + half], bit[b]);
        }
    }
    return level[0];
}

TARGET static __m256i
leaf_numbers(__m256i (*mask)[HALVES], size_t h, unsigned depth)
{
    __m256i bit[RANK_DEPTH_MAX];
    __m256i number = _mm256_setzero_si256();

    for (unsigned d = 0; d < depth; d++) {
        __m256i weight = _mm256_set1_epi8((char)(1u << (depth - 1 - d)));

        bit[d] = d == 0 ? mask[0][h] : select_level(mask, h, bit, d);
        number = _mm256_or_si256(number, _mm256_and_si256(bit[d], weight));
    }
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
