/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * resp_write - the types of RESP. Those that RESP2 lacks are written as it has
 * them: a map is a flat array, null an empty bulk.
 */
#include "common/base/buf.h"

#include <stdint.h>

/*
 * Each appends one value; behind an array of n, or a map of npair, as many
 * values have to follow. text is not to have a CR or LF.
 */
void resp_simple(struct buf *out, const char *text);
void resp_bulk(struct buf *out, struct str s);
void resp_integer(struct buf *out, int64_t n);
void resp_nil(struct buf *out, bool resp3);
void resp_array(struct buf *out, size_t n);
void resp_map(struct buf *out, bool resp3, size_t npair);

/*
 * A bulk string of what is appended to out between the two calls; at is what
 * the first returned.
 */
size_t resp_bulk_begin(struct buf *out);
void resp_bulk_end(struct buf *out, size_t at);

/* "-ERR text" and the like; bytes that would break the line become blanks. */
void resp_error(struct buf *out, const char *fmt, ...) PRINTF_LIKE(2, 3);
