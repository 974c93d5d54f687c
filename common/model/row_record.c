/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row.h"

/*
 * A quote opens a cell only where a cell begins: behind a delimiter (any of
 * the usual ones; which one the file has is not known here) or at the start.
 * Elsewhere, as in 5" pipe, it is text.
 */
static bool
opens_cell(struct str data, size_t at)
{
    return at == 0 || memchr(",;\t|", data.p[at - 1], 4) != NULL;
}

/* What is right behind a quote that closes one. */
static bool
ends_cell(struct str data, size_t at)
{
    return at == data.len || memchr(",;\t|\r\n", data.p[at], 6) != NULL;
}

/* Behind the quote that closes the one at `at`; 0 when there is none. */
static size_t
skip_quoted(struct str data, size_t at)
{
    size_t i = at + 1;

    while (i < data.len) {
        const char *quote = memchr(data.p + i, '"', data.len - i);

        if (quote == NULL) {
            return 0;
        }
        i = (size_t)(quote - data.p) + 1;
        if (i == data.len || data.p[i] != '"') {
            return i;
        }
        i++;
    }
    return 0;
}

/* Behind the end of the line that `at` is in; 0 when it has none. */
static size_t
line_end(struct str data, size_t at)
{
    const char *p = memchr(data.p + at, '\n', data.len - at);

    return p == NULL ? 0 : (size_t)(p - data.p) + 1;
}

/* The same, 0 for all that data does not tell. */
static size_t
find_end(struct str data, bool end)
{
    size_t at = 0;

    while (at < data.len) {
        size_t behind = line_end(data, at);
        const char *quote;
        size_t close;

        if (behind == 0 && !end) {
            return 0;
        }
        quote =
            memchr(data.p + at, '"', (behind == 0 ? data.len : behind) - at);
        if (quote == NULL) {
            return behind;
        }
        at = (size_t)(quote - data.p);
        if (!opens_cell(data, at)) {
            at++;
            continue;
        }
        close = skip_quoted(data, at);
        if (close == 0 && !end) {
            return 0;
        }
        if (close == 0 || !ends_cell(data, close)) {
            return line_end(data, at);
        }
        at = close;
    }
    return 0;
}

size_t
row_record_len(struct str data, bool end)
{
    size_t len = find_end(data, end);

    return len == 0 && end ? data.len : len;
}
