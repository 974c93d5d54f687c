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

size_t
row_record_len(struct str data)
{
    size_t at = 0;

    while (at < data.len) {
        const char *p = data.p + at;
        const char *newline = memchr(p, '\n', data.len - at);
        size_t len = newline == NULL ? 0 : (size_t)(newline - p);
        const char *quote;

        if (newline == NULL) {
            return 0;
        }
        quote = memchr(p, '"', len);
        if (quote == NULL) {
            return at + len + 1;
        }
        at = (size_t)(quote - data.p);
        at = opens_cell(data, at) ? skip_quoted(data, at) : at + 1;
        if (at == 0) {
            return 0;
        }
    }
    return 0;
}
