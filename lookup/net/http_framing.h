/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_framing - what the headers of a request say about where its message
 * ends and whether the connection goes on. What two programs could read in two
 * ways is refused.
 */
#include "lookup/net/http_head.h"

/* Until all headers are read. Begins all zero. */
struct http_framing {
    size_t nhost, nlength, ncoding;
    bool coding_is_chunked;
    bool close, keep_alive, expect;
};

/* Note what a header says; most say nothing. False: h is refused. */
bool http_framing_read(struct http_head *h, struct http_framing *f,
                       struct str name, struct str value);

/*
 * The head is complete: h says what its headers agree on. False: they do not,
 * and h is refused.
 */
bool http_framing_settle(struct http_head *h, const struct http_limits *limits,
                         const struct http_framing *f,
                         const struct http_request *req);
