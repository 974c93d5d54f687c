/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/forest_rank.h"
#include "common/model/forest_rank_plan.h"

#include <math.h>
#include <stdlib.h>

#define RANGE 255 /* thresholds of a range: ranks 0 to 255 fit a byte */
#define ALIGN 64

struct forest_rank {
    struct rank_plan plan;
    rank_rows_fn rows;
    rank_trees_fn trees;
};

/* A threshold of a feature, and where the feature's first one lies. */
struct cut {
    uint32_t feature;
    float value;
};

/* All thresholds sorted, each once; first[f] is the first of feature f. */
struct cuts {
    struct cut *cut;
    size_t *first; /* nfeature + 1 */
    size_t *range; /* the first range of a feature */
    size_t n;
};

bool
forest_isa_usable(enum forest_isa isa)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("popcnt")) {
        return false;
    }
    if (isa == FOREST_AVX2) {
        return __builtin_cpu_supports("avx2");
    }
    return __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
}

static void *
alloc_aligned(size_t n, size_t size)
{
    size_t bytes = (n * size + ALIGN) / ALIGN * ALIGN;
    void *p = aligned_alloc(ALIGN, bytes);

    if (p != NULL) {
        memset(p, 0, bytes);
    }
    return p;
}

static int
compare_cuts(const void *pa, const void *pb)
{
    const struct cut *a = pa;
    const struct cut *b = pb;

    if (a->feature != b->feature) {
        return a->feature < b->feature ? -1 : 1;
    }
    return a->value < b->value ? -1 : a->value > b->value;
}

static void
collect_cuts(const struct forest *f, struct cuts *c)
{
    size_t n = 0;

    for (size_t i = 0; i < f->nnode; i++) {
        if (f->node[i].left != 0) {
            c->cut[n++] = (struct cut){f->node[i].feature, f->node[i].value};
        }
    }
    qsort(c->cut, n, sizeof(*c->cut), compare_cuts);
    for (size_t i = 0; i < n; i++) {
        if (c->n == 0 || compare_cuts(&c->cut[c->n - 1], &c->cut[i]) != 0) {
            c->cut[c->n++] = c->cut[i];
        }
    }
}

/* Fill first and range; returns how many ranges there are. */
static size_t
divide_cuts(const struct forest *f, struct cuts *c)
{
    size_t nrange = 0;
    size_t i = 0;

    for (size_t k = 0; k < f->nfeature; k++) {
        c->first[k] = i;
        c->range[k] = nrange;
        while (i < c->n && c->cut[i].feature == k) {
            i++;
        }
        nrange += (i - c->first[k] + RANGE - 1) / RANGE;
    }
    c->first[f->nfeature] = i;
    return nrange;
}

static enum rc
cuts_init(struct cuts *c, const struct forest *f)
{
    c->cut = calloc(f->nnode + 1, sizeof(*c->cut));
    c->first = calloc(f->nfeature + 1, sizeof(*c->first));
    c->range = calloc(f->nfeature + 1, sizeof(*c->range));
    if (c->cut == NULL || c->first == NULL || c->range == NULL) {
        return RC_NOMEM;
    }
    collect_cuts(f, c);
    return RC_OK;
}

static void
cuts_fini(struct cuts *c)
{
    free(c->cut);
    free(c->first);
    free(c->range);
}

/* Number of the node's threshold among its feature's. */
static size_t
find_cut(const struct cuts *c, const struct forest_node *n)
{
    struct cut key = {n->feature, n->value};
    const struct cut *found =
        bsearch(&key, c->cut + c->first[n->feature],
                c->first[n->feature + 1] - c->first[n->feature], sizeof(key),
                compare_cuts);

    return (size_t)(found - c->cut) - c->first[n->feature];
}

/* 16 pivots, then thresholds 16 by 16, NaN where there are none. */
static void
fill_range(struct rank_plan *p, struct rank_range *r, const struct cut *cut,
           size_t n, size_t at)
{
    float *pivot = p->threshold + at;
    float *threshold = pivot + RANK_PIVOTS;

    *r = (struct rank_range){
        .feature = cut->feature,
        .wide = n > 16,
        .pivot = at,
        .first = at + RANK_PIVOTS,
        .missing_left = RANK_NO_COLUMN,
        .missing_right = RANK_NO_COLUMN,
    };
    for (size_t i = 0; i < RANK_PIVOTS; i++) {
        pivot[i] = 16 * (i + 1) < n ? cut[16 * i + 15].value : NAN;
    }
    for (size_t i = 0; i < (n + 15) / 16 * 16; i++) {
        threshold[i] = i < n ? cut[i].value : NAN;
    }
}

static enum rc
fill_ranges(struct rank_plan *p, const struct forest *f, const struct cuts *c)
{
    size_t at = 0;
    size_t range = 0;

    p->range = calloc(p->nrange + 1, sizeof(*p->range));
    p->threshold =
        alloc_aligned(p->nrange * (RANK_PIVOTS + RANGE + 1), sizeof(float));
    if (p->range == NULL || p->threshold == NULL) {
        return RC_NOMEM;
    }
    for (size_t k = 0; k < f->nfeature; k++) {
        size_t end = c->first[k + 1];

        for (size_t i = c->first[k]; i < end; i += RANGE) {
            size_t n = end - i < RANGE ? end - i : RANGE;

            fill_range(p, &p->range[range++], c->cut + i, n, at);
            at += RANK_PIVOTS + (n + 15) / 16 * 16;
        }
    }
    return RC_OK;
}

/* The byte column a node reads, numbered when first asked for. */
static uint16_t
node_column(struct rank_plan *p, struct rank_range *r, bool missing_left)
{
    uint32_t *column = missing_left ? &r->missing_left : &r->missing_right;

    if (*column == RANK_NO_COLUMN) {
        *column = (uint32_t)p->ncolumn++;
    }
    return (uint16_t)*column;
}

/* A leaf at `place` stands for all numbers below it. */
static void
fill_leaf(float *leaf, uint32_t depth, uint32_t place, float value)
{
    uint32_t first = place + 1;
    uint32_t n = 1;

    while (first < 1u << depth) {
        first *= 2;
        n *= 2;
    }
    first -= 1u << depth;
    while (n-- > 0) {
        leaf[first + n] = value;
    }
}

static void
fill_tree(struct rank_plan *p, const struct forest *f, const struct cuts *c,
          const struct forest_tree *from, struct rank_tree *t)
{
    uint16_t place[2 << RANK_DEPTH_MAX] = {0};

    t->depth = from->depth == 0 ? 1 : from->depth;
    t->group = from->group;
    for (uint32_t i = 0; i < from->nnode; i++) {
        const struct forest_node *n = &f->node[from->first + i];
        size_t cut;

        if (n->left == 0) {
            fill_leaf(p->leaf + t->leaf, t->depth, place[i], n->value);
            continue;
        }
        place[n->left] = (uint16_t)(2 * place[i] + 1);
        place[n->left + 1] = (uint16_t)(2 * place[i] + 2);
        cut = find_cut(c, n);
        p->node[t->first + t->nnode++] = (struct rank_node){
            .column =
                node_column(p, &p->range[c->range[n->feature] + cut / RANGE],
                            n->missing_left),
            .place = (uint8_t)place[i],
            .rank = (uint8_t)(cut % RANGE),
        };
    }
}

/* Room for the leaves of a tree; permutations want 32 at least. */
static size_t
leaf_room(const struct forest_tree *t)
{
    return t->depth < 5 ? 32 : (size_t)1 << t->depth;
}

static enum rc
fill_trees(struct rank_plan *p, const struct forest *f, const struct cuts *c)
{
    size_t nleaf = 0;

    for (size_t i = 0; i < f->ntree; i++) {
        nleaf += leaf_room(&f->tree[i]);
    }
    p->tree = calloc(f->ntree + 1, sizeof(*p->tree));
    p->node = calloc(f->nnode + 1, sizeof(*p->node));
    p->leaf = alloc_aligned(nleaf, sizeof(*p->leaf));
    if (p->tree == NULL || p->node == NULL || p->leaf == NULL) {
        return RC_NOMEM;
    }
    nleaf = 0;
    for (size_t i = 0; i < f->ntree; i++) {
        p->tree[i].first = f->tree[i].first;
        p->tree[i].leaf = nleaf;
        fill_tree(p, f, c, &f->tree[i], &p->tree[i]);
        nleaf += leaf_room(&f->tree[i]);
    }
    return RC_OK;
}

static enum rc
fill_plan(struct rank_plan *p, const struct forest *f, struct cuts *c,
          struct err *e)
{
    p->nfeature = f->nfeature;
    p->ngroup = f->ngroup;
    p->ntree = f->ntree;
    p->base = f->base;
    p->nrange = divide_cuts(f, c);
    if (p->nrange > UINT16_MAX / 2) {
        return err_set(e, RC_REFUSED, "%zu thresholds are too many", c->n);
    }
    if (fill_ranges(p, f, c) != RC_OK || fill_trees(p, f, c) != RC_OK) {
        return err_set(e, RC_NOMEM, "no memory for %zu tree nodes", f->nnode);
    }
    return RC_OK;
}

enum rc
forest_rank_create(struct forest_rank **out, const struct forest *f,
                   enum forest_isa isa, struct err *e)
{
    struct forest_rank *r;
    struct cuts cuts = {0};
    enum rc rc;

    if (forest_depth(f) > RANK_DEPTH_MAX) {
        return err_set(e, RC_REFUSED, "a tree is over %d levels deep",
                       RANK_DEPTH_MAX);
    }
    r = calloc(1, sizeof(*r));
    if (r == NULL || cuts_init(&cuts, f) != RC_OK) {
        rc = err_set(e, RC_NOMEM, "no memory for an evaluator");
        goto out;
    }
    r->rows = isa == FOREST_AVX512 ? rank_rows_avx512 : rank_rows_avx2;
    r->trees = isa == FOREST_AVX512 ? rank_trees_avx512 : rank_trees_avx2;
    rc = fill_plan(&r->plan, f, &cuts, e);
out:
    cuts_fini(&cuts);
    if (rc == RC_OK) {
        *out = r;
    } else {
        forest_rank_destroy(&r);
    }
    return rc;
}

void
forest_rank_destroy(struct forest_rank **r)
{
    struct rank_plan *p;

    if (r == NULL || *r == NULL) {
        return;
    }
    p = &(*r)->plan;
    free(p->range);
    free(p->tree);
    free(p->node);
    free(p->threshold);
    free(p->leaf);
    free(*r);
    *r = NULL;
}

static void
score_block(const struct forest_rank *r, const float *x, size_t nrow,
            uint8_t *column, float *sum, float *margin)
{
    const struct rank_plan *p = &r->plan;

    r->rows(p, x, nrow, column);
    for (size_t i = 0; i < p->ngroup * RANK_ROWS; i++) {
        sum[i] = p->base;
    }
    r->trees(p, column, nrow, sum);
    for (size_t i = 0; i < nrow; i++) {
        for (size_t g = 0; g < p->ngroup; g++) {
            margin[i * p->ngroup + g] = sum[g * RANK_ROWS + i];
        }
    }
}

enum rc
forest_rank_margins(const struct forest_rank *r, const float *x, size_t nrow,
                    float *margin)
{
    const struct rank_plan *p = &r->plan;
    uint8_t *column = alloc_aligned(p->ncolumn, RANK_ROWS);
    float *sum = alloc_aligned(p->ngroup * RANK_ROWS, sizeof(*sum));
    enum rc rc = column == NULL || sum == NULL ? RC_NOMEM : RC_OK;

    for (size_t i = 0; rc == RC_OK && i < nrow; i += RANK_ROWS) {
        size_t n = nrow - i < RANK_ROWS ? nrow - i : RANK_ROWS;

        score_block(r, x + i * p->nfeature, n, column, sum,
                    margin + i * p->ngroup);
    }
    free(column);
    free(sum);
    return rc;
}
