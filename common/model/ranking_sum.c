/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Four trees a time, so that a sum is loaded and stored once for four
 * additions; they stay in order.
 *
 * Of many users, an entry of a table and a sum are vectors over the users: no
 * instruction is needed to look up many entries at once. For one user looking
 * up 32 entries a time by AVX-512 permutations won 8 %, not worth its code.
 */
#include "common/model/ranking_plan.h"

#define INLINE static inline __attribute__((always_inline))
#define AVX2   __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f")))

typedef float lanes __attribute__((vector_size(4 * RANKING_LANES), may_alias));

/* Four trees, pointers to whose parts stay in registers. */
INLINE void
add_four_lanes(const uint16_t *code, size_t n, const struct ranking_tables *t,
               lanes *sum)
{
    const uint16_t *c1 = code + n;
    const uint16_t *c2 = code + 2 * n;
    const uint16_t *c3 = code + 3 * n;
    const lanes *l0 = (const lanes *)t->leaf[0];
    const lanes *l1 = (const lanes *)t->leaf[1];
    const lanes *l2 = (const lanes *)t->leaf[2];
    const lanes *l3 = (const lanes *)t->leaf[3];

    for (size_t i = 0; i < n; i++) {
        sum[i] = sum[i] + l0[code[i]] + l1[c1[i]] + l2[c2[i]] + l3[c3[i]];
    }
}

INLINE void
add_lanes(const struct ranking_plan *p, const struct ranking_tables *t,
          size_t first, size_t ntree, float *sum)
{
    const uint16_t *code = p->code + first * p->nitem;
    lanes *s = (lanes *)sum;

    if (ntree == RANKING_TREES) {
        add_four_lanes(code, p->nitem, t, s);
        return;
    }
    for (size_t k = 0; k < ntree; k++, code += p->nitem) {
        const lanes *leaf = (const lanes *)t->leaf[k];

        for (size_t i = 0; i < p->nitem; i++) {
            s[i] += leaf[code[i]];
        }
    }
}

static void
lanes_plain(const struct ranking_plan *p, const struct ranking_tables *t,
            size_t first, size_t ntree, float *sum)
{
    add_lanes(p, t, first, ntree, sum);
}

AVX2 static void
lanes_avx2(const struct ranking_plan *p, const struct ranking_tables *t,
           size_t first, size_t ntree, float *sum)
{
    add_lanes(p, t, first, ntree, sum);
}

AVX512 static void
lanes_avx512(const struct ranking_plan *p, const struct ranking_tables *t,
             size_t first, size_t ntree, float *sum)
{
    add_lanes(p, t, first, ntree, sum);
}

/* As add_four_lanes. */
static void
add_four(const uint16_t *code, size_t n, const struct ranking_tables *t,
         float *sum)
{
    const uint16_t *c1 = code + n;
    const uint16_t *c2 = code + 2 * n;
    const uint16_t *c3 = code + 3 * n;
    const float *l0 = t->leaf[0];
    const float *l1 = t->leaf[1];
    const float *l2 = t->leaf[2];
    const float *l3 = t->leaf[3];

    for (size_t i = 0; i < n; i++) {
        sum[i] = sum[i] + l0[code[i]] + l1[c1[i]] + l2[c2[i]] + l3[c3[i]];
    }
}

void
ranking_sum_one(const struct ranking_plan *p, const struct ranking_tables *t,
                size_t first, size_t ntree, float *sum)
{
    const uint16_t *code = p->code + first * p->nitem;

    if (ntree == RANKING_TREES) {
        add_four(code, p->nitem, t, sum);
        return;
    }
    for (size_t k = 0; k < ntree; k++, code += p->nitem) {
        for (size_t i = 0; i < p->nitem; i++) {
            sum[i] += t->leaf[k][code[i]];
        }
    }
}

ranking_sum_fn
ranking_sum_lanes(enum ranking_isa isa)
{
    switch (isa) {
    case RANKING_AVX512:
        return lanes_avx512;
    case RANKING_AVX2:
        return lanes_avx2;
    default:
        return lanes_plain;
    }
}

enum ranking_isa
ranking_isa_best(void)
{
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) {
        return RANKING_AVX512;
    }
    return __builtin_cpu_supports("avx2") ? RANKING_AVX2 : RANKING_PLAIN;
}
