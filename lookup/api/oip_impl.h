/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * oip_impl - what the files of this dialect share; nobody else includes this.
 */
#include "lookup/api/oip_reply.h"

/* POST of an infer request; version 0: whichever is live. */
void oip_infer(struct desk *d, struct exchange *x,
               const struct http_request *req, struct str table,
               uint64_t version);
