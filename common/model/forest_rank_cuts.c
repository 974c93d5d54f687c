/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/forest_rank_cuts.h"

#include <stdlib.h>

static int
compare_cuts(const void *pa, const void *pb)
{
    const struct rank_cut *a = pa;
    const struct rank_cut *b = pb;

    if (a->feature != b->feature) {
        return a->feature < b->feature ? -1 : 1;
    }
    return a->value < b->value ? -1 : a->value > b->value;
}

static void
collect_cuts(const struct forest *f, struct rank_cuts *c)
{
    size_t n = 0;

    for (size_t i = 0; i < f->nnode; i++) {
        if (f->node[i].left != 0) {
            c->cut[n++] =
                (struct rank_cut){f->node[i].feature, f->node[i].value};
        }
    }
    qsort(c->cut, n, sizeof(*c->cut), compare_cuts);
    for (size_t i = 0; i < n; i++) {
        if (c->n == 0 || compare_cuts(&c->cut[c->n - 1], &c->cut[i]) != 0) {
            c->cut[c->n++] = c->cut[i];
        }
    }
}

static void
divide_cuts(const struct forest *f, struct rank_cuts *c)
{
    size_t i = 0;

    for (size_t k = 0; k < f->nfeature; k++) {
        c->first[k] = i;
        c->range[k] = c->nrange;
        while (i < c->n && c->cut[i].feature == k) {
            i++;
        }
        c->nrange += (i - c->first[k] + RANK_RANGE - 1) / RANK_RANGE;
    }
    c->first[f->nfeature] = i;
}

enum rc
rank_cuts_init(struct rank_cuts *c, const struct forest *f)
{
    *c = (struct rank_cuts){0};
    c->cut = calloc(f->nnode + 1, sizeof(*c->cut));
    c->first = calloc(f->nfeature + 1, sizeof(*c->first));
    c->range = calloc(f->nfeature + 1, sizeof(*c->range));
    if (c->cut == NULL || c->first == NULL || c->range == NULL) {
        return RC_NOMEM;
    }
    collect_cuts(f, c);
    divide_cuts(f, c);
    return RC_OK;
}

void
rank_cuts_fini(struct rank_cuts *c)
{
    free(c->cut);
    free(c->first);
    free(c->range);
}

size_t
rank_cuts_find(const struct rank_cuts *c, const struct forest_node *n)
{
    struct rank_cut key = {n->feature, n->value};
    const struct rank_cut *found =
        bsearch(&key, c->cut + c->first[n->feature],
                c->first[n->feature + 1] - c->first[n->feature], sizeof(key),
                compare_cuts);

    return (size_t)(found - c->cut) - c->first[n->feature];
}
