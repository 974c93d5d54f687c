/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dynamodb_project - which attributes of its items a request wants of a table:
 * ProjectionExpression with ExpressionAttributeNames, or AttributesToGet.
 */
#include "lookup/api/dynamodb_body.h"

/* Sets t->wanted; t has its keys already. Anything else fills fault. */
MUST_USE enum rc dynamodb_project(struct dynamodb_table *t,
                                  struct dynamodb_fault *fault);
