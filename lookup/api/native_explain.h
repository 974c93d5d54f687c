/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * native_explain - GET /v1/{table}/{user}?explain=1: how an answer comes
 * about. Served where operators ask: on the admin listener.
 */
#include "lookup/api/desk.h"
#include "lookup/core/explain.h"

/* Is it the path of a user, whatever the method? */
bool native_explain_matches(const struct http_request *req);

/* A request that native_explain_matches(). d must outlive the answer. */
void native_explain_handle(struct desk *d, struct exchange *x,
                           const struct http_request *req);

/* What was found, as JSON. Appends; check buf_failed() at the end. */
void native_explain_render(struct buf *out, const struct explain *e);
