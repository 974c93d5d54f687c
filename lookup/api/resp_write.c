/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/resp_write.h"

#include "common/base/number.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define ERROR_MAX  512
#define BULK_FRAME 32 /* "$", a length, twice CRLF */

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

/* Of every answer: room is made once, and all written into it. */
void
resp_bulk(struct buf *out, struct str s)
{
    char *to = buf_reserve(out, s.len + BULK_FRAME), *begin = to;

    if (to == NULL) {
        return;
    }
    *to++ = '$';
    to += number_format_u64(s.len, to);
    memcpy(to, "\r\n", 2);
    if (s.len > 0) {
        memcpy(to + 2, s.p, s.len);
    }
    memcpy(to + 2 + s.len, "\r\n", 2);
    out->len += (size_t)(to - begin) + s.len + 4;
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
