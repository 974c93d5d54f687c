/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/aligned.h"
#include "common/model/ranking_plan.h"

#include <stdlib.h>

/* One user going down one tree. */
struct descent {
    const struct ranking_node *root;
    const uint64_t *set;
    const float *user;
    float *table;
    size_t stride;
    uint32_t nword;
};

static void
set_leaf(const struct descent *d, const uint64_t *classes, float value)
{
    for (uint32_t w = 0; w < d->nword; w++) {
        float *table = d->table + 64 * w * d->stride;

        for (uint64_t left = classes[w]; left != 0; left &= left - 1) {
            table[(size_t)__builtin_ctzll(left) * d->stride] = value;
        }
    }
}

/* to: the classes that go left or right; false when there are none. */
static bool
take_side(const struct descent *d, const struct ranking_node *n, bool left,
          const uint64_t *classes, uint64_t *to)
{
    const uint64_t *set = d->set + n->set;
    uint64_t flip = left ? 0 : UINT64_MAX;
    uint64_t any = 0;

    for (uint32_t w = 0; w < d->nword; w++) {
        to[w] = classes[w] & (set[w] ^ flip);
        any |= to[w];
    }
    return any != 0;
}

/* `rest` is room for the sets of the levels below. */
static void
descend(const struct descent *d, const struct ranking_node *n,
        const uint64_t *classes, uint64_t *rest)
{
    while (n->left != 0 && !n->by_item) {
        bool left = ranking_goes_left(n, d->user[n->feature]);

        n = d->root + n->left + !left;
    }
    if (n->left == 0) {
        set_leaf(d, classes, n->value);
        return;
    }
    if (take_side(d, n, true, classes, rest)) {
        descend(d, d->root + n->left, rest, rest + d->nword);
    }
    if (take_side(d, n, false, classes, rest)) {
        descend(d, d->root + n->left + 1, rest, rest + d->nword);
    }
}

enum rc
ranking_tables_init(struct ranking_tables *t, const struct ranking_plan *p,
                    size_t lanes)
{
    *t = (struct ranking_tables){.lanes = lanes};
    t->scratch = calloc((p->depth + 2) * (p->nword + 1), sizeof(*t->scratch));
    for (size_t i = 0; i < RANKING_TREES; i++) {
        t->leaf[i] = aligned_zeroed(p->nclass * lanes, sizeof(float));
        if (t->leaf[i] == NULL) {
            return RC_NOMEM;
        }
    }
    return t->scratch == NULL ? RC_NOMEM : RC_OK;
}

void
ranking_tables_fini(struct ranking_tables *t)
{
    for (size_t i = 0; i < RANKING_TREES; i++) {
        free(t->leaf[i]);
    }
    free(t->scratch);
}

static void
fill_tree(const struct ranking_plan *p, const struct ranking_tree *t,
          const float *user, float *leaf, size_t lanes, uint64_t *scratch)
{
    struct descent d = {
        .root = p->node + t->first,
        .set = p->set,
        .user = user,
        .table = leaf,
        .stride = lanes,
        .nword = t->nword,
    };

    memset(scratch, 0xff, t->nword * sizeof(*scratch));
    if (t->nclass % 64 != 0) {
        scratch[t->nword - 1] = (UINT64_C(1) << t->nclass % 64) - 1;
    }
    descend(&d, d.root, scratch, scratch + t->nword);
}

void
ranking_tables_fill(const struct ranking_tables *t,
                    const struct ranking_plan *p, size_t first, size_t ntree,
                    const float *user, size_t nuser, size_t nfeature)
{
    for (size_t i = 0; i < ntree; i++) {
        for (size_t u = 0; u < nuser; u++) {
            fill_tree(p, &p->tree[first + i], user + u * nfeature,
                      t->leaf[i] + u, t->lanes, t->scratch);
        }
    }
}
