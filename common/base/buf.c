/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/buf.h"

#include "common/base/check.h"
#include "common/base/number.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_CAP 256

void
buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void
buf_fini(struct buf *b)
{
    if (b == NULL) {
        return;
    }
    free(b->p);
    buf_init(b, b->max);
}

void
buf_clear(struct buf *b)
{
    b->len = 0;
    b->failed = false;
}

/* need <= max. Doubles, so that n appended bytes cost O(n). */
static bool
grow(struct buf *b, size_t need)
{
    size_t cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap;
    char *p;

    while (cap < need) {
        cap = cap > b->max / 2 ? b->max : cap * 2;
    }
    if (cap > b->max) {
        cap = b->max;
    }
    p = realloc(b->p, cap);
    if (p == NULL) {
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

char *
buf_reserve(struct buf *b, size_t n)
{
    if (b->failed) {
        return NULL;
    }
    if (n <= b->cap - b->len && b->p != NULL) {
        return b->p + b->len;
    }
    if (n > b->max - b->len || !grow(b, b->len + n)) {
        b->failed = true;
        return NULL;
    }
    return b->p + b->len;
}

void
buf_put_slow(struct buf *b, const void *p, size_t n)
{
    char *to = n == 0 ? NULL : buf_reserve(b, n);

    if (to != NULL) {
        memcpy(to, p, n);
        b->len += n;
    }
}

void
buf_u64(struct buf *b, uint64_t n)
{
    char text[20];

    buf_put(b, text, number_format_u64(n, text));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    char *to;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    CHECK(n >= 0);
    if ((size_t)n < sizeof(text)) {
        buf_put(b, text, (size_t)n);
        return;
    }
    /* printf wants room for its NUL, which the buffer does not keep. */
    to = buf_reserve(b, (size_t)n + 1);
    if (to == NULL) {
        return;
    }
    va_start(ap, fmt);
    vsnprintf(to, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
}

void
buf_drop(struct buf *b, size_t n)
{
    CHECK(n <= b->len);
    b->len -= n;
    if (b->len > 0) {
        memmove(b->p, b->p + n, b->len);
    }
}
