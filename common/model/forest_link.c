/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/forest_link.h"

#include <math.h>

static const struct forest_link links[] = {
    {"reg:squarederror", BASE_AS_IS, VALUE_MARGIN},
    {"reg:linear", BASE_AS_IS, VALUE_MARGIN},
    {"reg:squaredlogerror", BASE_AS_IS, VALUE_MARGIN},
    {"reg:pseudohubererror", BASE_AS_IS, VALUE_MARGIN},
    {"reg:absoluteerror", BASE_AS_IS, VALUE_MARGIN},
    {"reg:logistic", BASE_LOGIT, VALUE_LOGISTIC},
    {"binary:logistic", BASE_LOGIT, VALUE_LOGISTIC},
    {"binary:logitraw", BASE_AS_IS, VALUE_MARGIN},
    {"binary:hinge", BASE_AS_IS, VALUE_HINGE},
    {"count:poisson", BASE_LOG, VALUE_EXP},
    {"reg:gamma", BASE_LOG, VALUE_EXP},
    {"reg:tweedie", BASE_LOG, VALUE_EXP},
    {"survival:cox", BASE_LOG, VALUE_EXP},
    {"survival:aft", BASE_LOG, VALUE_EXP_DOUBLE},
    {"rank:pairwise", BASE_AS_IS, VALUE_MARGIN},
    {"rank:ndcg", BASE_AS_IS, VALUE_MARGIN},
    {"rank:map", BASE_AS_IS, VALUE_MARGIN},
    {"multi:softmax", BASE_AS_IS, VALUE_CLASS},
    {"multi:softprob", BASE_AS_IS, VALUE_SOFTMAX},
};

const struct forest_link *
forest_link_find(struct str objective)
{
    for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
        if (str_eq(objective, str_of(links[i].objective))) {
            return &links[i];
        }
    }
    return NULL;
}

float
forest_link_margin(const struct forest_link *l, float base_score)
{
    switch (l->base) {
    case BASE_LOGIT:
        return -logf(1.0f / base_score - 1.0f);
    case BASE_LOG:
        return logf(base_score);
    default:
        return base_score;
    }
}

size_t
forest_link_outputs(const struct forest_link *l, size_t ngroup)
{
    return l->value == VALUE_CLASS ? 1 : ngroup;
}

/* The bounds and their order are libxgboost's: NaN passes through. */
static float
logistic(float margin)
{
    float x = 88.7f < -margin ? 88.7f : -margin;

    return 1.0f / (expf(x) + 1.0f + 1e-16f);
}

static float
largest(const float *m, size_t n)
{
    size_t best = 0;

    for (size_t i = 1; i < n; i++) {
        if (m[i] > m[best]) {
            best = i;
        }
    }
    return (float)best;
}

/* Terms are float32, their sum is a double rounded once. */
static void
softmax(const float *m, size_t n, float *y)
{
    float top = m[0];
    double sum = 0;

    for (size_t i = 1; i < n; i++) {
        top = fmaxf(m[i], top);
    }
    for (size_t i = 0; i < n; i++) {
        y[i] = expf(m[i] - top);
        sum += y[i];
    }
    for (size_t i = 0; i < n; i++) {
        y[i] /= (float)sum;
    }
}

static void
apply_to_rows(const struct forest_link *l, const float *margin, size_t nrow,
              size_t ngroup, float *y)
{
    for (size_t r = 0; r < nrow; r++) {
        const float *m = margin + r * ngroup;

        if (l->value == VALUE_CLASS) {
            y[r] = largest(m, ngroup);
        } else {
            softmax(m, ngroup, y + r * ngroup);
        }
    }
}

void
forest_link_apply(const struct forest_link *l, const float *margin, size_t nrow,
                  size_t ngroup, float *y)
{
    size_t n = nrow * ngroup;

    switch (l->value) {
    case VALUE_MARGIN:
        memmove(y, margin, n * sizeof(*y));
        break;
    case VALUE_LOGISTIC:
        for (size_t i = 0; i < n; i++) {
            y[i] = logistic(margin[i]);
        }
        break;
    case VALUE_EXP:
        for (size_t i = 0; i < n; i++) {
            y[i] = expf(margin[i]);
        }
        break;
    case VALUE_EXP_DOUBLE:
        for (size_t i = 0; i < n; i++) {
            y[i] = (float)exp((double)margin[i]);
        }
        break;
    case VALUE_HINGE:
        for (size_t i = 0; i < n; i++) {
            y[i] = margin[i] > 0.0f ? 1.0f : 0.0f;
        }
        break;
    case VALUE_CLASS:
    case VALUE_SOFTMAX:
        apply_to_rows(l, margin, nrow, ngroup, y);
        break;
    }
}
