/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/scorer.h"

#include "common/model/scorer_xgb.h"

enum rc
scorer_create(struct scorer **out, const struct model *m, uint32_t begin,
              uint32_t end, enum scorer_predict predict, struct err *e)
{
    return scorer_xgb_create(out, m, begin, end, predict, e);
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
