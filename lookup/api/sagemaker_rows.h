/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sagemaker_rows - the rows of an invocation's body, a block at a time. CSV and
 * libsvm are read as SageMaker's XGBoost container reads them, faults included
 * (sagemaker_csv.c, sagemaker_libsvm.c); JSON is ours (sagemaker_json.c).
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/table/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct row_plan;

enum sagemaker_form {
    SAGEMAKER_CSV,
    SAGEMAKER_LIBSVM,
    SAGEMAKER_JSON,  /* {"instances":[{"features":[...]}, ...]} */
    SAGEMAKER_JSONL, /* {"features":[...]} a line */
};

/* What a request is refused with. */
struct sagemaker_fault {
    int status;
    struct err why;
};

/* Lines of a body, the last with or without its end. */
size_t sagemaker_count_lines(struct str body);

/* Rows of a body, or some more. */
size_t sagemaker_count_rows(enum sagemaker_form form, struct str body);

struct sagemaker_rows {
    enum sagemaker_form form;
    const struct schema *schema;
    struct str rest; /* of the body */
    bool ended;
    size_t row;    /* of the body, from 1: the one read last */
    size_t widest; /* columns of the widest row */
    struct sagemaker_fault fault;

    /* CSV */
    struct row_plan *plan; /* NULL: wider than the model, so only looked at */
    char delimiter;

    /* JSON */
    char *scratch; /* as long as the body: strings whose escapes are undone */
};

/*
 * body and schema must outlive r. RC_REFUSED: the fault says why; RC_NOMEM.
 * sagemaker_rows_fini() in any case.
 */
MUST_USE enum rc sagemaker_rows_init(struct sagemaker_rows *r,
                                     enum sagemaker_form form,
                                     const struct schema *schema,
                                     struct str body);
void sagemaker_rows_fini(struct sagemaker_rows *r);

/*
 * Up to max rows of schema_size floats into x; *n = 0: there are no more.
 * RC_REFUSED: the fault says why.
 */
MUST_USE enum rc sagemaker_rows_next(struct sagemaker_rows *r, float *x,
                                     size_t max, size_t *n);
