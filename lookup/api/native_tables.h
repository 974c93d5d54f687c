/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * native_tables - what GET /v1 and GET /v1/{table} say of tables, as JSON.
 * Appends to out; check buf_failed() once at the end.
 */
#include "common/base/buf.h"
#include "lookup/core/tables.h"

/* One table: generation, model, schema, ages. view->live may be NULL. */
void native_tables_render_one(struct buf *out, const struct table_view *view,
                              uint64_t now_us);

/* {"tables":[...]} */
void native_tables_render(struct buf *out, const struct tables *t);
