/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * buf - a growable run of bytes with a maximum.
 *
 *   0 ............ len ............ cap        len <= cap <= max
 *     bytes written      room
 *
 * Appending never reports: the first append that would pass max, or that
 * memory refuses, sets `failed`, and everything after it is dropped. Check
 * once at the end with buf_failed().
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct buf {
    char *p;
    size_t len;
    size_t cap;
    size_t max;
    bool failed;
};

/* An empty buffer that allocates on first use and never passes max bytes. */
void buf_init(struct buf *b, size_t max);

/* Frees the bytes; b is as after buf_init. NULL is fine. */
void buf_fini(struct buf *b);

/* len = 0 and failed = false; keeps the memory. */
void buf_clear(struct buf *b);

/*
 * Make room for n more bytes and return where they go; NULL (and failed)
 * when that is impossible. The caller adds what it wrote to b->len.
 */
char *buf_reserve(struct buf *b, size_t n);

/* Append in decimal, or as printf would. */
void buf_u64(struct buf *b, uint64_t n);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Drop the first n bytes, moving the rest down. n <= len. */
void buf_drop(struct buf *b, size_t n);

/* What buf_put() is when there is no room. */
void buf_put_slow(struct buf *b, const void *p, size_t n);

/* Inline, so that a literal costs a few stores. */
static inline void
buf_put(struct buf *b, const void *p, size_t n)
{
    if (n > 0 && n < b->cap - b->len && !b->failed) {
        memcpy(b->p + b->len, p, n);
        b->len += n;
    } else {
        buf_put_slow(b, p, n);
    }
}

static inline void
buf_str(struct buf *b, struct str s)
{
    buf_put(b, s.p, s.len);
}

static inline void
buf_c(struct buf *b, const char *c)
{
    buf_str(b, str_of(c));
}

static inline void
buf_char(struct buf *b, char c)
{
    buf_put(b, &c, 1);
}

static inline bool
buf_failed(const struct buf *b)
{
    return b->failed;
}

static inline struct str
buf_view(const struct buf *b)
{
    return (struct str){b->p, b->len};
}

/* Append s as a JSON string with its quotes. s must be UTF-8. */
void buf_json_str(struct buf *b, struct str s);

/* Append s in standard base64 with padding, no quotes (RFC 4648). */
void buf_base64(struct buf *b, struct str s);

/* "user":"u1", or "user_b64":"..." of bytes that are not UTF-8. */
void buf_json_id(struct buf *b, const char *name, struct str id);
