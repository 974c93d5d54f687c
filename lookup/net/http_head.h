/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_head - the request line and headers of one HTTP/1 request, and what
 * they say about where the message ends and whether the connection goes on.
 */
#include "lookup/api/exchange.h"

#include <stdbool.h>
#include <stddef.h>

struct http_limits {
    size_t head_bytes;   /* request line and headers: 431 beyond */
    size_t target_bytes; /* 414 beyond */
    size_t body_bytes;   /* decoded: 413 beyond */
    /* Requests, by their heads, whose bodies may be larger; NULL: none. */
    bool (*is_large)(const struct http_request *req);
    size_t large_bytes;
};

struct http_head {
    int status;      /* if it is refused: what to answer before closing */
    const char *why; /* and a sentence, static */

    bool http_1_0;
    bool keep_alive;
    bool expects_continue;
    bool is_chunked;
    size_t length;   /* of the body, unless chunked */
    size_t body_max; /* bytes, decoded */
};

/* Returns false. */
static inline bool
http_head_refuse(struct http_head *h, int status, const char *why)
{
    h->status = status;
    h->why = why;
    return false;
}

/*
 * Read the head *rest begins with and leave in *rest what follows it. req's
 * method, path, query and headers are views of it. False with h->status set:
 * refused; false without: the head is not complete (the rest of *h and *req
 * are then undefined, as is *rest).
 */
bool http_head_read(struct http_head *h, const struct http_limits *limits,
                    struct str *rest, struct http_request *req);
