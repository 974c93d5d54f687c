/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sagemaker_number - numbers as the container writes them: the float32 widened
 * to a double and printed as Python does.
 */
#include "common/base/buf.h"
#include "common/base/number.h"

#include <math.h>

/* json: what is not finite is null there, which Python does not know. */
static inline void
sagemaker_put_number(struct buf *out, double v, bool json)
{
    char *to = buf_reserve(out, NUMBER_REPR_MAX);

    if (to == NULL) {
        return;
    }
    if (json && !isfinite(v)) {
        buf_c(out, "null");
    } else {
        out->len += number_format_repr(v, to);
    }
}

/* [a, b] */
static inline void
sagemaker_put_list(struct buf *out, const float *y, size_t n, bool json)
{
    for (size_t i = 0; i < n; i++) {
        buf_c(out, i == 0 ? "[" : ", ");
        sagemaker_put_number(out, (double)y[i], json);
    }
    buf_char(out, ']');
}
