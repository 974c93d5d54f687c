/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * native_many_body - the body {"users":[...]} or {"instances":[...]} into a
 * batch or rows.
 */
#include "lookup/api/native_body.h"
#include "lookup/core/batch.h"
#include "lookup/core/rows.h"

struct cJSON;

struct many_body {
    struct cJSON *root;
    const struct cJSON *list; /* n users or rows */
    size_t n;                 /* 1 to BATCH_MAX or ROWS_MAX */
    bool is_rows;
};

/* ncol: of a row. RC_OK: many_body_fini() is due. Else fills fault. */
MUST_USE enum rc many_body_read(struct many_body *m, struct str body,
                                size_t ncol, struct body_fault *fault);
void many_body_fini(struct many_body *m);

/* Add all users to b. RC_INVAL: one is no user id. */
MUST_USE enum rc many_body_users(const struct many_body *m, struct batch *b,
                                 const struct table_view *view,
                                 struct body_fault *fault);

/* Fill all rows of r; each must be whole. */
MUST_USE enum rc many_body_rows(const struct many_body *m, struct rows *r,
                                struct body_fault *fault);
