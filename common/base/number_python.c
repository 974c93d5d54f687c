/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/number.h"

#include <math.h>

/* Longer texts with underscores in them are not looked at. */
#define CLEANED_MAX 128

static size_t
skip_digits(struct str *s)
{
    size_t n = 0;

    while (n < s->len && s->p[n] >= '0' && s->p[n] <= '9') {
        n++;
    }
    s->p += n;
    s->len -= n;
    return n;
}

bool
number_is_decimal(struct str s)
{
    size_t ndigit;

    str_skip(&s, '-', '+');
    ndigit = skip_digits(&s);
    if (str_skip(&s, '.', '.')) {
        ndigit += skip_digits(&s);
    }
    if (ndigit > 0 && str_skip(&s, 'e', 'E')) {
        str_skip(&s, '-', '+');
        ndigit = skip_digits(&s);
    }
    return ndigit > 0 && s.len == 0;
}

/* What str.strip() takes off; of ASCII, that is. */
static bool
is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* s without its underscores, each of which must stand between two digits. */
static bool
clean(struct str s, char out[CLEANED_MAX], struct str *cleaned)
{
    size_t n = 0;

    if (s.len > CLEANED_MAX) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] != '_') {
            out[n++] = s.p[i];
        } else if (i == 0 || i + 1 == s.len || !is_digit(s.p[i - 1]) ||
                   !is_digit(s.p[i + 1])) {
            return false;
        }
    }
    *cleaned = (struct str){out, n};
    return true;
}

static bool
read_word(struct str s, float *out)
{
    bool negative = s.len > 0 && s.p[0] == '-';

    str_skip(&s, '-', '+');
    if (str_eq_nocase(s, STR("nan"))) {
        *out = NAN;
        return true;
    }
    *out = negative ? -INFINITY : INFINITY;
    return str_eq_nocase(s, STR("inf")) || str_eq_nocase(s, STR("infinity"));
}

bool
number_parse_python(struct str text, float *out)
{
    struct str s = str_strip(text, is_blank);
    char room[CLEANED_MAX];

    if (number_parse_f32(s, out) || read_word(s, out)) {
        return true;
    }
    if (s.len > 0 && memchr(s.p, '_', s.len) != NULL && !clean(s, room, &s)) {
        return false;
    }
    if (number_parse_f32(s, out)) {
        return true;
    }
    *out = s.len > 0 && s.p[0] == '-' ? -INFINITY : INFINITY;
    return number_is_decimal(s);
}
