/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * native - our own dialect of HTTP: GET /v1/{table}/{user} and its kin (the
 * contract is lookup/README.md). One per worker.
 */
#include "lookup/api/exchange.h"
#include "lookup/core/lookup.h"

struct native;

/* lookup is not owned. NULL when out of memory. */
struct native *native_create(struct lookup *lookup);
void native_destroy(struct native **n);

/* An http_handler_fn; arg is the struct native. */
void native_handle(void *arg, struct exchange *x,
                   const struct http_request *req);
