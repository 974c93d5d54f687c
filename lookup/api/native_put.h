/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * native_put - PUT /v1/{table}/{user}/features: the one request that writes.
 * Served where the operator lets people write: on the admin listener.
 */
#include "lookup/api/exchange.h"
#include "lookup/core/tables.h"
#include "lookup/store/store.h"

struct native_put {
    struct store *store; /* not owned */
    const char *prefix;
    uint64_t timeout_ns;         /* of a request */
    const struct tables *tables; /* in force; NULL before the first */
};

/* Is it that path, whatever the method? */
bool native_put_matches(const struct http_request *req);

/* A request that native_put_matches(). p may go before the answer. */
void native_put_handle(const struct native_put *p, struct exchange *x,
                       const struct http_request *req);
