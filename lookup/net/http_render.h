/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_render - an answer as HTTP/1 has it.
 */
#include "common/base/buf.h"
#include "lookup/api/exchange.h"

#define HTTP_REQUEST_ID_MAX 128
#define HTTP_ERROR_MAX      512

/* What an answer depends on besides itself. */
struct http_reply {
    bool is_head;          /* what would be the body is not sent */
    bool http_1_0;         /* where keeping alive is to be said */
    bool keep_alive;       /* ... and here closing */
    struct str request_id; /* to be echoed, HTTP_REQUEST_ID_MAX or less */
    const char *date;      /* as clock_format_http() */
};

/* Appends the answer. Its headers are whole lines, its status one of ours. */
void http_render(struct buf *out, const struct http_reply *r,
                 const struct http_answer *a);

/*
 * An error of our own, of a request that reached no handler. Neither text may
 * need escaping in JSON; the answer's body is a view of `body`.
 */
struct http_answer http_render_error(int status, const char *message,
                                     const char *hint,
                                     char body[HTTP_ERROR_MAX]);
