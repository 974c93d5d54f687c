/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/resp_write.h"

#include "common/base/number.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define ERROR_MAX  512
#define BULK_FRAME 32 /* "$", a length, CRLF */

/* What most answers begin with: their lengths have three digits. */
#define USUAL_LENGTH "$100\r\n"

static void
put_length(struct buf *out, char kind, size_t n)
{
    buf_char(out, kind);
    buf_u64(out, n);
    buf_c(out, "\r\n");
}

void
resp_simple(struct buf *out, const char *text)
{
    buf_char(out, '+');
    buf_c(out, text);
    buf_c(out, "\r\n");
}

/* "$" and the length, with its CRLF. */
static size_t
format_length(size_t n, char to[BULK_FRAME])
{
    size_t len;

    to[0] = '$';
    len = 1 + number_format_u64(n, to + 1);
    memcpy(to + len, "\r\n", 2);
    return len + 2;
}

void
resp_bulk(struct buf *out, struct str s)
{
    char length[BULK_FRAME];

    buf_put(out, length, format_length(s.len, length));
    buf_str(out, s);
    buf_c(out, "\r\n");
}

size_t
resp_bulk_begin(struct buf *out)
{
    buf_c(out, USUAL_LENGTH);
    return out->len;
}

/* Put the length before the n bytes at `at`, which is not of the usual size. */
static void
make_way(struct buf *out, size_t at, size_t n, struct str length)
{
    size_t begin = at - strlen(USUAL_LENGTH);

    if (buf_reserve(out, BULK_FRAME) != NULL) {
        memmove(out->p + begin + length.len, out->p + at, n);
        memcpy(out->p + begin, length.p, length.len);
        out->len = begin + length.len + n;
    }
}

void
resp_bulk_end(struct buf *out, size_t at)
{
    char text[BULK_FRAME];
    size_t n = out->len - at;
    struct str length = {text, format_length(n, text)};

    if (buf_failed(out)) {
        return;
    }
    if (length.len == strlen(USUAL_LENGTH)) {
        memcpy(out->p + at - length.len, text, strlen(USUAL_LENGTH));
    } else {
        make_way(out, at, n, length);
    }
    buf_c(out, "\r\n");
}

void
resp_integer(struct buf *out, int64_t n)
{
    buf_printf(out, ":%" PRId64 "\r\n", n);
}

void
resp_nil(struct buf *out, bool resp3)
{
    buf_c(out, resp3 ? "_\r\n" : "$-1\r\n");
}

void
resp_array(struct buf *out, size_t n)
{
    put_length(out, '*', n);
}

void
resp_map(struct buf *out, bool resp3, size_t npair)
{
    put_length(out, resp3 ? '%' : '*', resp3 ? npair : 2 * npair);
}

void
resp_error(struct buf *out, const char *fmt, ...)
{
    char text[ERROR_MAX];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '\r' || *c == '\n' ? ' ' : *c;
    }
    buf_char(out, '-');
    buf_c(out, text);
    buf_c(out, "\r\n");
}
