/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words and no tree of them: whoever reads a row knows where the next word
 * goes, so nothing is built and nothing allocated.
 *
 * A string without a backslash is a view of the row; one with is copied to
 * scratch and its escapes undone. A number is only measured, by the grammar of
 * JSON, which has no plus sign, no leading zeroes and no bare point; what it is
 * worth is for others to read.
 */
#include "common/model/row_text.h"

#include <stddef.h>
#include <stdint.h>

static void
skip(struct str *s, size_t n)
{
    s->p += n;
    s->len -= n;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t
count_digits(struct str s)
{
    size_t n = 0;

    while (n < s.len && is_digit(s.p[n])) {
        n++;
    }
    return n;
}

/* Length of the number at the beginning, 0 when there is none. */
static size_t
number_len(struct str s)
{
    const char *begin = s.p;
    size_t n;

    skip(&s, s.len > 0 && s.p[0] == '-' ? 1 : 0);
    n = count_digits(s);
    if (n == 0 || (n > 1 && s.p[0] == '0')) {
        return 0;
    }
    skip(&s, n);
    if (s.len > 0 && s.p[0] == '.') {
        skip(&s, 1);
        n = count_digits(s);
        if (n == 0) {
            return 0;
        }
        skip(&s, n);
    }
    if (s.len > 0 && (s.p[0] == 'e' || s.p[0] == 'E')) {
        skip(&s, 1);
        skip(&s, s.len > 0 && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0);
        n = count_digits(s);
        if (n == 0) {
            return 0;
        }
        skip(&s, n);
    }
    return (size_t)(s.p - begin);
}

static bool
hex4(struct str s, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < 4; i++) {
        char c = i < s.len ? s.p[i] : 'x';
        uint32_t digit;

        if (is_digit(c)) {
            digit = (uint32_t)(c - '0');
        } else if ((c | 32) >= 'a' && (c | 32) <= 'f') {
            digit = (uint32_t)((c | 32) - 'a') + 10;
        } else {
            return false;
        }
        *out = *out * 16 + digit;
    }
    return true;
}

static char *
put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
        *to++ = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *to++ = (char)(0xe0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 63));
        *to++ = (char)(0x80 | (c & 63));
    } else {
        *to++ = (char)(0xf0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 63));
        *to++ = (char)(0x80 | (c >> 6 & 63));
        *to++ = (char)(0x80 | (c & 63));
    }
    return to;
}

/* s begins behind "\u"; half of a pair alone is no character. */
static bool
undo_unicode(struct str *s, char **to)
{
    uint32_t c, low;

    if (!hex4(*s, &c)) {
        return false;
    }
    skip(s, 4);
    if (c >= 0xd800 && c < 0xdc00) {
        if (s->len < 6 || s->p[0] != '\\' || s->p[1] != 'u' ||
            !hex4((struct str){s->p + 2, s->len - 2}, &low) || low < 0xdc00 ||
            low > 0xdfff) {
            return false;
        }
        skip(s, 6);
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    if (c >= 0xdc00 && c <= 0xdfff) {
        return false;
    }
    *to = put_utf8(*to, c);
    return true;
}

/* s begins behind the backslash. */
static bool
undo_escape(struct str *s, char **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    const char *at = s->len > 0 ? memchr(from, s->p[0], 8) : NULL;

    if (s->len > 0 && s->p[0] == 'u') {
        skip(s, 1);
        return undo_unicode(s, to);
    }
    if (at == NULL) {
        return false;
    }
    *(*to)++ = into[at - from];
    skip(s, 1);
    return true;
}

/* *rest begins behind the opening quote and ends behind the closing one. */
static bool
take_string(struct str *rest, char **scratch, struct str *word)
{
    struct str s = *rest;
    char *to = NULL;

    while (s.len > 0 && s.p[0] != '"') {
        if ((unsigned char)s.p[0] < ' ') {
            return false;
        }
        if (s.p[0] != '\\') {
            if (to != NULL) {
                *to++ = s.p[0];
            }
            skip(&s, 1);
            continue;
        }
        if (to == NULL) {
            size_t n = (size_t)(s.p - rest->p);

            memcpy(*scratch, rest->p, n);
            to = *scratch + n;
        }
        skip(&s, 1);
        if (!undo_escape(&s, &to)) {
            return false;
        }
    }
    if (s.len == 0) {
        return false;
    }
    *word = (struct str){rest->p, (size_t)(s.p - rest->p)};
    if (to != NULL) {
        *word = (struct str){*scratch, (size_t)(to - *scratch)};
        *scratch = to;
    }
    skip(&s, 1);
    *rest = s;
    return true;
}

static enum row_word
take_literal(struct str *rest, struct str *word)
{
    static const struct {
        struct str text;
        enum row_word kind;
    } literal[] = {
        {{"null", 4}, ROW_WORD_NULL},      {{"NaN", 3}, ROW_WORD_NULL},
        {{"true", 4}, ROW_WORD_OTHER},     {{"false", 5}, ROW_WORD_OTHER},
        {{"Infinity", 8}, ROW_WORD_OTHER}, {{"-Infinity", 9}, ROW_WORD_OTHER},
    };
    size_t n = number_len(*rest);

    if (n > 0) {
        *word = (struct str){rest->p, n};
        skip(rest, n);
        return ROW_WORD_NUMBER;
    }
    for (size_t i = 0; i < sizeof(literal) / sizeof(literal[0]); i++) {
        if (str_starts(*rest, literal[i].text)) {
            *word = (struct str){rest->p, literal[i].text.len};
            skip(rest, word->len);
            return literal[i].kind;
        }
    }
    *word = *rest;
    return ROW_WORD_BAD;
}

enum row_word
row_text_next(struct str *rest, char **scratch, struct str *word)
{
    struct str s = *rest;

    while (s.len > 0 && memchr(" \t\r\n", s.p[0], 4) != NULL) {
        skip(&s, 1);
    }
    *rest = s;
    *word = s;
    if (s.len == 0) {
        return ROW_WORD_END;
    }
    if (memchr("{}[]:,", s.p[0], 6) != NULL) {
        word->len = 1;
        skip(rest, 1);
        return ROW_WORD_MARK;
    }
    if (s.p[0] != '"') {
        return take_literal(rest, word);
    }
    skip(&s, 1);
    if (!take_string(&s, scratch, word)) {
        return ROW_WORD_BAD;
    }
    *rest = s;
    return ROW_WORD_STRING;
}
