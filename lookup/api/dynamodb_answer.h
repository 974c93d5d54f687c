/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dynamodb_answer - the bodies that answer GetItem and BatchGetItem. Key i of
 * the request is user i of the batch.
 */
#include "lookup/api/dynamodb_body.h"
#include "lookup/core/batch.h"

/* Ask again later, and there may be an answer. */
bool dynamodb_is_passing(enum answer_code code);

/* {"Item":...} of one key; a is ANSWER_OK or ANSWER_UNKNOWN_USER. */
void dynamodb_answer_item(struct buf *out, const struct dynamodb_read *r,
                          const struct answer *a);

/*
 * {"Responses":...,"UnprocessedKeys":...}: what is passing is to be asked
 * again, in the manner it was asked.
 */
void dynamodb_answer_batch(struct buf *out, const struct dynamodb_read *r,
                           const struct batch *b);
