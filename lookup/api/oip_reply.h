/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * oip_reply - answers and errors in the form of the protocol.
 */
#include "lookup/api/desk.h"

/* Why a request is refused. */
struct oip_fault {
    int status;
    struct err why;
};

/* Fill the fault and return RC_INVAL. */
enum rc oip_refuse(struct oip_fault *fault, int status, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* The desk's body as JSON. */
void oip_send(struct desk *d, struct exchange *x, int status);

/*
 * The desk's body, of which json_bytes are JSON and what follows is tensors.
 */
void oip_send_tensors(struct desk *d, struct exchange *x, size_t json_bytes);

/* {"error":"..."}; the fault's text may be changed. */
void oip_fail(struct desk *d, struct exchange *x, struct oip_fault *fault);

/* 405 with the Allow header. */
void oip_fail_method(struct desk *d, struct exchange *x, const char *allow);

/* The fault of a table that cannot answer. */
void oip_table_fault(struct oip_fault *fault, const struct table_fault *why);
