/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dynamodb_impl - the operations, each answering one request; nobody but the
 * files of this dialect includes this.
 */
#include "lookup/api/dynamodb_body.h"
#include "lookup/api/exchange.h"

/* The fault of a table that cannot answer. */
void dynamodb_table_fault(struct dynamodb_fault *fault, const char *name,
                          const struct table_fault *why);

/* dynamodb_get.c */
void dynamodb_get_item(struct desk *d, struct exchange *x,
                       const struct http_request *req);
void dynamodb_batch_get_item(struct desk *d, struct exchange *x,
                             const struct http_request *req);

/* dynamodb_tables.c */
void dynamodb_list_tables(struct desk *d, struct exchange *x,
                          const struct http_request *req);
void dynamodb_describe_table(struct desk *d, struct exchange *x,
                             const struct http_request *req);
