/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dynamodb_key - a key {"user_id":{"S":"u42"}}.
 */
#include "lookup/api/dynamodb_body.h"

/*
 * The first key of a table names its attribute for all. An id given as B is
 * decoded where it lies in the body's tree.
 */
MUST_USE enum rc dynamodb_key_read(const struct cJSON *json,
                                   struct dynamodb_table *t,
                                   struct dynamodb_key *key,
                                   struct dynamodb_fault *fault);
