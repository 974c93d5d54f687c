/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/scorer.h"

#include "common/base/log.h"
#include "common/model/scorer_forest.h"
#include "common/model/scorer_xgb.h"

/* Replace libxgboost by the forest if that gives the same bits. */
static void
try_forest(struct scorer **s, const struct model *m, uint32_t begin,
           uint32_t end, enum scorer_predict predict)
{
    struct scorer *forest;
    struct err why;

    if (scorer_forest_create(&forest, m, *s, begin, end, predict,
                             FOREST_BULK_FASTEST, &why) == RC_OK) {
        scorer_destroy(s);
        *s = forest;
        return;
    }
    log_info("libxgboost scores this model: %s", why.text);
}

enum rc
scorer_create(struct scorer **out, const struct model *m, uint32_t begin,
              uint32_t end, enum scorer_predict predict, struct err *e)
{
    enum rc rc = scorer_xgb_create(out, m, begin, end, predict, e);

    if (rc == RC_OK) {
        try_forest(out, m, begin, end, predict);
    }
    return rc;
}

enum rc
scorer_score(const struct scorer *s, const float *x, size_t nrow, float *y)
{
    return s->ops->score(s, x, nrow, y);
}

const char *
scorer_name(const struct scorer *s)
{
    return s->ops->name;
}

uint64_t
scorer_row_ns(const struct scorer *s)
{
    return s->row_ns;
}

void
scorer_destroy(struct scorer **s)
{
    struct scorer *old = *s;

    *s = NULL;
    if (old != NULL) {
        old->ops->destroy(old);
    }
}
