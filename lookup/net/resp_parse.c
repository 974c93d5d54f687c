/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/resp_parse.h"

#include "common/base/number.h"

#include <stdio.h>

/* "*1024\r\n": a kind, a number of at most NUMBER_MAX bytes, CRLF. */
#define NUMBER_MAX 20
#define NEGATIVE   UINT64_MAX

static ssize_t
broken(struct resp_words *w, const char *why)
{
    snprintf(w->why, sizeof(w->why), "Protocol error: %s", why);
    return RESP_BROKEN;
}

/*
 * The number behind the byte at *at, which moves behind its CRLF. RESP_BROKEN
 * fills nothing.
 */
static ssize_t
read_any_number(const char *p, size_t len, size_t *at, uint64_t *n)
{
    struct str text = {p + *at + 1, 0};
    const char *end = memchr(text.p, '\n', len - *at - 1);

    if (end == NULL) {
        return len - *at > NUMBER_MAX + 3 ? RESP_BROKEN : RESP_MORE;
    }
    text.len = (size_t)(end - text.p);
    *at += text.len + 2;
    if (text.len < 2 || text.len > NUMBER_MAX + 1 || end[-1] != '\r') {
        return RESP_BROKEN;
    }
    text.len--;
    if (text.p[0] == '-') {
        text = (struct str){text.p + 1, text.len - 1};
        uint64_t magnitude;

        *n = NEGATIVE;
        return number_parse_u64(text, &magnitude) ? 1 : RESP_BROKEN;
    }
    return number_parse_u64(text, n) ? 1 : RESP_BROKEN;
}

static bool
is_digit(char c)
{
    return (unsigned char)(c - '0') <= 9;
}

/* The same; nearly all have one digit or two. */
static inline ssize_t
read_number(const char *p, size_t len, size_t *at, uint64_t *n)
{
    const char *d = p + *at + 1;

    if (len - *at <= 4 || !is_digit(d[0])) {
        return read_any_number(p, len, at, n);
    }
    if (d[1] == '\r' && d[2] == '\n') {
        *n = (uint64_t)(d[0] - '0');
        *at += 4;
        return 1;
    }
    if (is_digit(d[1]) && d[2] == '\r' && d[3] == '\n') {
        *n = (uint64_t)((d[0] - '0') * 10 + d[1] - '0');
        *at += 5;
        return 1;
    }
    return read_any_number(p, len, at, n);
}

/* "$3\r\nGET\r\n" at *at into *word. */
static ssize_t
read_bulk(const char *p, size_t len, size_t *at, struct str *word,
          struct resp_words *w)
{
    uint64_t n;
    ssize_t rc;

    if (*at == len) {
        return RESP_MORE;
    }
    if (p[*at] != '$') {
        char why[32];
        char c = p[*at];

        snprintf(why, sizeof(why), "expected '$', got '%c'",
                 c > 0x20 && c < 0x7f ? c : '?');
        return broken(w, why);
    }
    rc = read_number(p, len, at, &n);
    if (rc == RESP_BROKEN || (rc == 1 && n > RESP_COMMAND_MAX)) {
        return broken(w, "invalid bulk length");
    }
    if (rc == RESP_MORE || len - *at < n + 2) {
        return RESP_MORE;
    }
    *word = (struct str){p + *at, n};
    *at += n + 2;
    return p[*at - 2] == '\r' && p[*at - 1] == '\n'
               ? 1
               : broken(w, "invalid bulk length");
}

static ssize_t
parse_array(const char *p, size_t len, struct resp_words *w)
{
    size_t at = 0, bytes = 0;
    uint64_t n;
    ssize_t rc = read_number(p, len, &at, &n);

    if (rc == RESP_MORE) {
        return rc;
    }
    if (rc == 1 && n == NEGATIVE) {
        n = 0; /* as Redis has it */
    }
    if (rc == RESP_BROKEN || n > RESP_ARGS_MAX) {
        return broken(w, "invalid multibulk length");
    }
    for (size_t i = 0; i < n; i++) {
        rc = read_bulk(p, len, &at, &w->arg[i], w);
        if (rc != 1) {
            return rc;
        }
        bytes += w->arg[i].len;
        if (bytes > RESP_COMMAND_MAX) {
            return broken(w, "too big a request");
        }
    }
    w->narg = n;
    return (ssize_t)at;
}

/* --------------------------------------------------------- inline lines */

/* The byte that \ and what is behind it at p mean; *n: bytes taken. */
static char
unescape(const char *p, size_t len, size_t *n)
{
    static const char from[] = "nrtba", to[] = "\n\r\t\b\a";
    const char *at;

    *n = 2;
    if (p[1] == 'x' && len >= 4 && number_hex_digit(p[2]) >= 0 &&
        number_hex_digit(p[3]) >= 0) {
        *n = 4;
        return (char)(number_hex_digit(p[2]) * 16 + number_hex_digit(p[3]));
    }
    at = memchr(from, p[1], sizeof(from) - 1);
    return at == NULL ? p[1] : to[at - from];
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\0';
}

/*
 * The quoted word that begins at *p, unquoted in place. False: its quote does
 * not end, or not before a blank.
 */
static bool
read_quoted(char **p, const char *end, struct str *word)
{
    char quote = **p, *from = *p + 1, *to = from;

    word->p = to;
    while (from < end && *from != quote) {
        size_t n = 1, left = (size_t)(end - from);
        char c = *from;

        if (c == '\\' && left > 1 && quote == '"') {
            c = unescape(from, left, &n);
        } else if (c == '\\' && left > 1 && from[1] == '\'') {
            c = '\'';
            n = 2;
        }
        *to++ = c;
        from += n;
    }
    word->len = (size_t)(to - word->p);
    *p = from + 1;
    return from < end && (from + 1 == end || is_blank(from[1]));
}

static ssize_t
parse_inline(char *p, size_t len, struct resp_words *w)
{
    char *end = memchr(p, '\n', len < RESP_INLINE_MAX ? len : RESP_INLINE_MAX);
    char *at = p;

    if (end == NULL) {
        return len < RESP_INLINE_MAX ? RESP_MORE
                                     : broken(w, "too big inline request");
    }
    w->narg = 0;
    for (;;) {
        while (at < end && is_blank(*at)) {
            at++;
        }
        if (at == end) {
            return end + 1 - p;
        }
        if (w->narg == RESP_ARGS_MAX) {
            return broken(w, "too big inline request");
        }
        struct str *word = &w->arg[w->narg++];

        if (*at == '"' || *at == '\'') {
            if (!read_quoted(&at, end, word)) {
                return broken(w, "unbalanced quotes in request");
            }
            continue;
        }
        word->p = at;
        while (at < end && !is_blank(*at)) {
            at++;
        }
        word->len = (size_t)(at - word->p);
    }
}

ssize_t
resp_parse(char *p, size_t len, struct resp_words *w)
{
    if (len == 0) {
        return RESP_MORE;
    }
    return *p == '*' ? parse_array(p, len, w) : parse_inline(p, len, w);
}
