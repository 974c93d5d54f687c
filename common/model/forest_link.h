/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * forest_link - from base_score to the first margin, from the last margin to
 * the value an objective predicts; the same bits as libxgboost 1.7.4.
 */
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum link_base {
    BASE_AS_IS,
    BASE_LOGIT,
    BASE_LOG,
};

enum link_value {
    VALUE_MARGIN,
    VALUE_LOGISTIC,
    VALUE_EXP,
    VALUE_EXP_DOUBLE, /* taken in double, rounded at the end */
    VALUE_HINGE,
    VALUE_CLASS,   /* number of the largest of a row's margins */
    VALUE_SOFTMAX, /* probabilities of all classes */
};

struct forest_link {
    const char *objective;
    enum link_base base;
    enum link_value value;
};

/* The link of an objective, NULL when it is not known exactly. */
const struct forest_link *forest_link_find(struct str objective);

/* The margin every sum begins with. */
float forest_link_margin(const struct forest_link *l, float base_score);

/* Floats of a prediction, given the margins of a row. */
size_t forest_link_outputs(const struct forest_link *l, size_t ngroup);

/*
 * margin: nrow x ngroup; y: nrow x forest_link_outputs, may be margin.
 */
void forest_link_apply(const struct forest_link *l, const float *margin,
                       size_t nrow, size_t ngroup, float *y);
