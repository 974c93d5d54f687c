/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * oip - the Open Inference Protocol v2 over REST: a table is a model, its
 * generation the version (the contract is lookup/README.md).
 */
#include "lookup/api/desk.h"
#include "lookup/api/exchange.h"

/* Is the path /v2 or below? */
bool oip_speaks(const struct http_request *req);

/* Answers a request that it speaks. */
void oip_handle(struct desk *d, struct exchange *x,
                const struct http_request *req);
