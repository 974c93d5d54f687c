/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * api - all dialects of HTTP behind one handler: which request is spoken in
 * which. One per worker.
 */
#include "lookup/api/exchange.h"
#include "lookup/api/sagemaker.h"
#include "lookup/core/lookup.h"

struct api;

/*
 * lookup and settings are not owned. default_table: of requests that name none;
 * NULL: the only one there is; it must outlive the api. NULL when out of
 * memory.
 */
struct api *api_create(struct lookup *lookup, const char *default_table,
                       const struct sagemaker_settings *settings);
void api_destroy(struct api **a);

/* An http_handler_fn; arg is the struct api. */
void api_handle(void *arg, struct exchange *x, const struct http_request *req);
