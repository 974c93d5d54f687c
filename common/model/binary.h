/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * binary - the head of XGBoost's legacy binary format, by which it is told
 * from everything else.
 */
#include "common/base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct binary_model {
    uint32_t major; /* of the version that saved it; 0: before 1.0 */
    uint32_t minor;
    struct str objective;
    struct str booster;
    struct str gbm; /* the booster's parameters and all behind them */
};

/* False when the bytes do not begin as such a model does. */
bool binary_open(struct str bytes, struct binary_model *m);
