/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * native - our own dialect of HTTP: GET /v1/{table}/{user} and its kin (the
 * contract is lookup/README.md).
 */
#include "lookup/api/desk.h"

/* For an http_handler_fn. */
void native_handle(struct desk *d, struct exchange *x,
                   const struct http_request *req);
