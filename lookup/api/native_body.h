/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * native_body - the body {"features":{...},"partial":true} into a query.
 */
#include "lookup/api/reply.h"
#include "lookup/core/query.h"

/* Why a body was not taken. */
struct body_fault {
    enum reply_error error;
    struct err why;
};

struct cJSON;

/* A number within float32's range, or null: NaN, missing. */
bool native_body_number(const struct cJSON *value, float *out);

/* RC_INVAL fills fault; q may then hold part of the features. */
MUST_USE enum rc native_body_read(struct str body, struct query *q,
                                  struct body_fault *fault);
