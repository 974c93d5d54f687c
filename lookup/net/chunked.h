/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * chunked - takes the chunked coding (RFC 9112 7.1) out of a body, in place.
 * Extensions are skipped, trailers checked and dropped.
 */
#include <stddef.h>
#include <stdint.h>

enum chunked_phase {
    CHUNKED_SIZE,
    CHUNKED_DATA,
    CHUNKED_DATA_END,
    CHUNKED_TRAILER,
    CHUNKED_END,
};

/* All zero before the first byte. */
struct chunked {
    enum chunked_phase phase;
    uint64_t left;        /* bytes of the chunk still to come */
    size_t body_bytes;    /* decoded so far, at the front of the bytes */
    size_t trailer_bytes; /* seen so far */
};

struct chunked_limits {
    size_t body_bytes;
    size_t trailer_bytes;
};

enum chunked_rc {
    CHUNKED_DONE,
    CHUNKED_MORE,
    CHUNKED_BROKEN,
    CHUNKED_TOO_LARGE,
};

/*
 *   p ........... body_bytes ............ *len
 *     decoded      coded, not yet read
 *
 * Decode what there is. MORE: *len has shrunk to what is kept; append behind
 * it and call again. DONE: the body is the first body_bytes, and what
 * follows the message begins at *next.
 */
enum chunked_rc chunked_decode(struct chunked *c,
                               const struct chunked_limits *limits, char *p,
                               size_t *len, size_t *next);
