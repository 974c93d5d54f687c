/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dynamodb - DynamoDB's read API: GetItem, BatchGetItem, DescribeTable and
 * ListTables as JSON 1.0 (the contract is lookup/README.md).
 */
#include "lookup/api/desk.h"
#include "lookup/api/exchange.h"

/* Is the request one of DynamoDB's clients'? */
bool dynamodb_speaks(const struct http_request *req);

/* Answers a request that it speaks. */
void dynamodb_handle(struct desk *d, struct exchange *x,
                     const struct http_request *req);
