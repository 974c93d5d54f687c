/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/contributions.h"

#include "common/model/scorer_xgb.h"

#include <stdlib.h>

static enum rc
find(struct contributions *c, const struct generation *g, const float *row)
{
    uint32_t begin, end;
    char text[32];
    enum rc rc = model_iterations(g->model, g->info.iterations, &begin, &end,
                                  text, &c->why);

    return rc != RC_OK
               ? rc
               : scorer_xgb_contributions(g->model, begin, end, row, &c->value,
                                          &c->noutput, &c->why);
}

/* Of the best item. */
static enum rc
find_ranked(struct contributions *c, const struct generation *g, const float *x,
            const struct prediction *p)
{
    float *row = malloc(c->nfeature * sizeof(*row));
    enum rc rc;

    if (row == NULL || p->n == 0) {
        free(row);
        return err_set(&c->why, RC_NOMEM, "no item, or no memory");
    }
    c->item = p->item[0].item;
    ranker_row(g->ranker, g->catalogue, x, c->item, row);
    rc = find(c, g, row);
    free(row);
    return rc;
}

void
contributions_find(struct contributions *c, const struct generation *g,
                   const float *x, const struct prediction *predicted)
{
    *c = (struct contributions){.nfeature = model_info(g->model)->nfeature};
    if ((g->ranker == NULL ? find(c, g, x) : find_ranked(c, g, x, predicted)) !=
        RC_OK) {
        contributions_fini(c);
    }
}

struct str
contributions_name(const struct generation *g, size_t i)
{
    return g->ranker == NULL ? schema_name(g->schema, i)
                             : model_feature_name(g->model, i);
}

void
contributions_fini(struct contributions *c)
{
    free(c->value);
    c->value = NULL;
}
