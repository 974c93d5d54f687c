/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * oip_impl - what the files of this dialect share: oip.c (which path is what),
 * oip_infer.c (a request), oip_users.c and oip_rows.c (asking); nobody else
 * includes this.
 */
#include "lookup/api/oip_render.h"
#include "lookup/api/oip_reply.h"

/* Kept in the exchange's state until all is answered. */
struct oip_call {
    struct desk *desk;
    struct exchange *exchange;
    uint64_t version; /* asked for, or 0: whichever is live */
    struct oip_request request;
};

/* POST of an infer request. */
void oip_infer(struct desk *d, struct exchange *x,
               const struct http_request *req, struct str table,
               uint64_t version);

/* Each of these answers, and ends the call. */
void oip_call_send(struct oip_call *c, const struct oip_result *result);
void oip_call_fail(struct oip_call *c, struct oip_fault *fault);

/* Before anybody was asked for: counted here. view may be NULL. */
void oip_call_refuse(struct oip_call *c, const struct table_view *view,
                     struct oip_fault *fault);

/* The request's input is of at most BATCH_MAX users, or ROWS_MAX rows. */
void oip_ask_users(struct oip_call *c, const struct table_view *view,
                   uint64_t deadline_ns);
void oip_ask_rows(struct oip_call *c, const struct table_view *view,
                  uint64_t deadline_ns);
