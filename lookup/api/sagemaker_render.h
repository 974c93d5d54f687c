/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sagemaker_render - predictions as the container writes them.
 */
#include "lookup/api/sagemaker_selected.h"

#include <stdbool.h>

enum sagemaker_output {
    SAGEMAKER_TO_CSV,
    SAGEMAKER_TO_JSON,
    SAGEMAKER_TO_JSONL,
};

struct sagemaker_render {
    enum sagemaker_output output;
    bool batch; /* a batch transform: lines, whatever is accepted */
    const struct sagemaker_selection *selection;
    const char *objective;
    size_t nclass;
    size_t noutput;
    size_t nrow; /* so far */
    struct buf *out;
};

/* y: n predictions; or NULL: n that there are none of. */
void sagemaker_render_rows(struct sagemaker_render *r, const float *y,
                           size_t n);

/* What stands behind the last of them; before, out is not whole. */
void sagemaker_render_end(struct sagemaker_render *r);
