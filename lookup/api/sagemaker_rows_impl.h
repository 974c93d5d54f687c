/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sagemaker_rows_impl - what each form of body is to sagemaker_rows.c; nobody
 * else includes this.
 */
#include "lookup/api/sagemaker_rows.h"

/* Fill the fault; always RC_REFUSED. */
MUST_USE enum rc sagemaker_refuse(struct sagemaker_rows *r, int status,
                                  const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Text of the body as a fault may show it: cut, and no HTML. */
#define SAGEMAKER_SHOWN_MAX 64
const char *sagemaker_show(struct str text, char out[SAGEMAKER_SHOWN_MAX]);

/* As sagemaker_rows_init(). */
MUST_USE enum rc sagemaker_csv_init(struct sagemaker_rows *r);
MUST_USE enum rc sagemaker_libsvm_init(struct sagemaker_rows *r);
MUST_USE enum rc sagemaker_json_init(struct sagemaker_rows *r);

/* One row into x, or r->ended, or RC_REFUSED. */
MUST_USE enum rc sagemaker_csv_row(struct sagemaker_rows *r, float *x);
MUST_USE enum rc sagemaker_libsvm_row(struct sagemaker_rows *r, float *x);
MUST_USE enum rc sagemaker_json_row(struct sagemaker_rows *r, float *x);
MUST_USE enum rc sagemaker_jsonl_row(struct sagemaker_rows *r, float *x);
