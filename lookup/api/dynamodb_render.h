/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dynamodb_render - answers as items with typed attributes, tables as
 * DynamoDB describes them. Appends to out.
 */
#include "lookup/api/dynamodb_body.h"
#include "lookup/core/query.h"
#include "lookup/core/tables.h"

/* {"user_id":{"S":"u42"},"source":...} of an ANSWER_OK. */
void dynamodb_render_item(struct buf *out, const struct dynamodb_table *t,
                          const struct dynamodb_key *key,
                          const struct answer *a);

/* {"user_id":{"S":"u42"}} */
void dynamodb_render_key(struct buf *out, const struct dynamodb_table *t,
                         const struct dynamodb_key *key);

/* {"TableName":...,"CapacityUnits":...} for all keys of a table. */
void dynamodb_render_capacity(struct buf *out, const struct dynamodb_table *t,
                              enum dynamodb_capacity capacity);

/* {"Table":{...}} */
void dynamodb_render_table(struct buf *out, const struct table_view *view);
