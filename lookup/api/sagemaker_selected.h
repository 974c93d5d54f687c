/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sagemaker_selected - selectable inference output: what the container's
 * SAGEMAKER_INFERENCE_OUTPUT asks for, made of a prediction by the model's
 * objective.
 */
#include "common/base/buf.h"

#define SAGEMAKER_SELECTED_MAX 16

/* In the order in which a JSON object has them. */
enum sagemaker_content {
    SAGEMAKER_PREDICTED_LABEL,
    SAGEMAKER_LABELS,
    SAGEMAKER_PROBABILITY,
    SAGEMAKER_PROBABILITIES,
    SAGEMAKER_RAW_SCORE,
    SAGEMAKER_RAW_SCORES,
    SAGEMAKER_PREDICTED_SCORE,
    SAGEMAKER_NONSENSE, /* is given as nan, and comes last */
};

/* What is asked for, in that order. */
struct sagemaker_selection {
    size_t n; /* 0: nothing was selected, the prediction is given as it is */
    struct {
        enum sagemaker_content content;
        char name[32];
    } item[SAGEMAKER_SELECTED_MAX];
};

/* Words and commas. RC_INVAL: too many, or too long. */
MUST_USE enum rc sagemaker_selection_read(struct sagemaker_selection *s,
                                          const char *text, struct err *e);

/* What a prediction is of, and the prediction. */
struct sagemaker_predicted {
    const char *objective;
    size_t nclass; /* of a multi: objective */
    const float *y;
    size_t n; /* outputs */
};

/* Can anything be selected of this objective's predictions? */
bool sagemaker_can_select(const char *objective);

/* 0,"[0, 1, 2]",0.99 */
void sagemaker_selected_csv(struct buf *out,
                            const struct sagemaker_selection *s,
                            const struct sagemaker_predicted *p);

/* {"predicted_label": 0, ...} */
void sagemaker_selected_json(struct buf *out,
                             const struct sagemaker_selection *s,
                             const struct sagemaker_predicted *p);
