/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * line - the requests of one connection that wait for their answers, in the
 * order they came. Whoever is first writes into `out` directly; the answer of
 * another is held until everybody before it has been answered.
 *
 *     first -> turn -> turn -> turn -> last        out: bytes for the socket
 *               |       |       |
 *             (out)   held    held
 */
#include "lookup/net/buf_pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A request's place in the line. Protocols put theirs behind it. */
struct turn {
    uint32_t magic;
    bool done;
    struct line *line; /* NULL: the connection is gone, the answer is dropped */
    struct turn_pool *pool;
    struct turn *next;
    struct buf held;
};

/* Turns of one size, kept for the next request. One thread. */
struct turn_pool {
    size_t turn_bytes; /* at least sizeof(struct turn) */
    size_t held_max;   /* an answer's most bytes */
    size_t limit;      /* most turns in use at once */
    size_t used;
    struct turn *spare;
    struct buf_pool *bufs;
};

struct line {
    struct turn *first, *last;
    size_t n;
    struct buf out;
    struct turn_pool *pool;
};

/* No turn may be in use any more. NULL is fine. */
void turn_pool_fini(struct turn_pool *pool);

void line_init(struct line *l, struct turn_pool *pool);

/* Turns not yet answered lose their line; out's bytes are dropped. */
void line_fini(struct line *l);

/* A turn at the end of the line; NULL: the pool's limit, or no memory. */
struct turn *line_begin(struct line *l);

/* Where t's answer is to be appended. */
struct buf *line_answer(struct turn *t);

/* t is answered: t is dead, and out has what may go out now. */
void line_finish(struct turn *t);
