/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/forest_walk.h"

#include "common/model/forest_walk_node.h"

#include <math.h>
#include <stdlib.h>

/* Number the columns of this direction in use; 0 stands for unused. */
static size_t
number_columns(const struct forest *f, bool missing_left, size_t n,
               uint32_t *number)
{
    for (size_t i = 0; i < f->nnode; i++) {
        const struct forest_node *node = &f->node[i];
        uint32_t *slot = &number[2 * node->feature + missing_left];

        if (node->left != 0 && node->missing_left == missing_left &&
            *slot == 0) {
            *slot = (uint32_t)++n;
        }
    }
    return n;
}

static void
fill_columns(struct forest_walk *w, const uint32_t *number)
{
    for (size_t i = 0; i < 2 * w->nfeature; i++) {
        if (number[i] != 0) {
            w->feature[number[i] - 1] = (uint32_t)(i / 2);
        }
    }
}

/* False: a child is too far ahead. */
static bool
fill_tree(struct forest_walk *w, const struct forest *f,
          const struct forest_tree *t, const uint32_t *number)
{
    for (size_t i = t->first; i < t->first + t->nnode; i++) {
        const struct forest_node *n = &f->node[i];
        size_t right = n->left + 1 - (i - t->first);

        w->id[i] = (float)n->id;
        w->value[i] = n->value;
        if (n->left == 0) {
            w->node[i] = (struct walk_node){.split = NAN, .right = 1};
            continue;
        }
        if (right > UINT16_MAX) {
            return false;
        }
        w->node[i] = (struct walk_node){
            .split = n->value,
            .column = (uint16_t)(number[2 * n->feature + n->missing_left] - 1),
            .right = (uint16_t)right,
        };
    }
    return true;
}

static enum rc
fill(struct forest_walk *w, const struct forest *f, const uint32_t *number,
     struct err *e)
{
    w->feature = calloc(w->ncolumn + 1, sizeof(*w->feature));
    w->node = calloc(f->nnode + 1, sizeof(*w->node));
    w->value = calloc(f->nnode + 1, sizeof(*w->value));
    w->id = calloc(f->nnode + 1, sizeof(*w->id));
    w->tree = calloc(f->ntree + 1, sizeof(*w->tree));
    if (w->feature == NULL || w->node == NULL || w->value == NULL ||
        w->id == NULL || w->tree == NULL) {
        return err_set(e, RC_NOMEM, "no memory for %zu tree nodes", f->nnode);
    }
    fill_columns(w, number);
    for (size_t t = 0; t < f->ntree; t++) {
        w->tree[t] = f->tree[t];
        if (!fill_tree(w, f, &f->tree[t], number)) {
            return err_set(e, RC_REFUSED, "tree %zu is too wide", t);
        }
    }
    return RC_OK;
}

enum rc
forest_walk_create(struct forest_walk **out, const struct forest *f,
                   struct err *e)
{
    struct forest_walk *w = calloc(1, sizeof(*w));
    uint32_t *number = calloc(2 * f->nfeature + 1, sizeof(*number));
    enum rc rc = RC_NOMEM;

    if (w == NULL || number == NULL) {
        (void)err_set(e, RC_NOMEM, "no memory for an evaluator");
        goto out;
    }
    w->nfeature = f->nfeature;
    w->ngroup = f->ngroup;
    w->ntree = f->ntree;
    w->base = f->base;
    w->nleft = number_columns(f, true, 0, number);
    w->ncolumn = number_columns(f, false, w->nleft, number);
    rc = w->ncolumn > UINT16_MAX
             ? err_set(e, RC_REFUSED, "%zu columns are too many", w->ncolumn)
             : fill(w, f, number, e);
out:
    free(number);
    if (rc == RC_OK) {
        *out = w;
    } else {
        forest_walk_destroy(&w);
    }
    return rc;
}

void
forest_walk_destroy(struct forest_walk **w)
{
    if (w == NULL || *w == NULL) {
        return;
    }
    free((*w)->node);
    free((*w)->value);
    free((*w)->id);
    free((*w)->feature);
    free((*w)->tree);
    free(*w);
    *w = NULL;
}
