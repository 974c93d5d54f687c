/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/scorer_trial.h"
#include "common/base/clock.h"
#include "common/model/forest_sample.h"

#include <stdlib.h>

#define ROWS   1003      /* no multiple of a block */
#define FLOATS (4 << 20) /* of all rows */

enum rc
scorer_trial_init(struct scorer_trial *t, const struct forest *f,
                  const struct scorer *reference, struct err *e)
{
    size_t most = FLOATS / (f->nfeature + 1);

    t->nrow = most < ROWS ? most + 1 : ROWS;
    t->nfeature = reference->nfeature;
    t->noutput = reference->noutput;
    t->x = malloc((t->nrow * t->nfeature + 1) * sizeof(*t->x));
    t->expected = malloc((t->nrow * t->noutput + 1) * sizeof(*t->expected));
    t->y = malloc((t->nrow * t->noutput + 1) * sizeof(*t->y));
    if (t->x == NULL || t->expected == NULL || t->y == NULL) {
        return err_set(e, RC_NOMEM, "no memory for the self-check");
    }
    forest_sample(f, 1, t->nrow, t->x);
    if (scorer_score(reference, t->x, t->nrow, t->expected) != RC_OK) {
        return err_set(e, RC_REFUSED, "libxgboost does not score the sample");
    }
    return RC_OK;
}

void
scorer_trial_fini(struct scorer_trial *t)
{
    free(t->x);
    free(t->expected);
    free(t->y);
}

static enum rc
compare(const struct scorer_trial *t, size_t nrow, struct err *e)
{
    for (size_t i = 0; i < nrow * t->noutput; i++) {
        if (memcmp(&t->y[i], &t->expected[i], sizeof(t->y[i])) != 0) {
            return err_set(e, RC_REFUSED,
                           "row %zu of the self-check: %.9g, libxgboost %.9g",
                           i / t->noutput, (double)t->y[i],
                           (double)t->expected[i]);
        }
    }
    return RC_OK;
}

enum rc
scorer_trial_run(const struct scorer_trial *t, const struct scorer *s,
                 size_t batch, size_t calls, uint64_t *ns, struct err *e)
{
    size_t r = 0;

    *ns = UINT64_MAX;
    while (calls-- > 0 && r < t->nrow) {
        size_t n = t->nrow - r < batch ? t->nrow - r : batch;
        uint64_t start = clock_mono_ns();
        enum rc rc =
            scorer_score(s, t->x + r * t->nfeature, n, t->y + r * t->noutput);
        uint64_t took = clock_mono_ns() - start;

        if (rc != RC_OK) {
            return err_set(e, rc, "the self-check could not be run");
        }
        *ns = n == batch && took < *ns ? took : *ns;
        r += n;
    }
    return compare(t, r, e);
}
