/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_parse - HTTP/1 requests out of bytes. Strict: what two programs could
 * read in two ways is refused. Needs libc only.
 */
#include "lookup/api/exchange.h"
#include "lookup/net/chunked.h"
#include "lookup/net/http_head.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PARSE_BROKEN (-1)
#define PARSE_MORE   (-2)

/* How far one connection's current message has been read. Begins all zero. */
struct http_parse {
    struct http_head head; /* of the message taken, broken, or in_body */
    bool in_body;          /* after PARSE_MORE: the head is complete */

    size_t seen_bytes; /* of an incomplete head: no line ends in them */
    size_t head_bytes; /* its length, while in_body */
    struct chunked chunked;
};

/*
 * Take the message at p, of which *len bytes are there. Returns how many it
 * takes, with *req's views pointing into p (arrived_ns is left alone);
 * PARSE_MORE: call again with the same bytes and more behind them (they may
 * have moved; *len may have shrunk by what de-chunking removed);
 * PARSE_BROKEN: head.status and head.why say what to answer, and nothing more
 * can be read from this connection. After a message h is ready for the next.
 */
ssize_t http_parse(struct http_parse *h, const struct http_limits *limits,
                   char *p, size_t *len, struct http_request *req);
