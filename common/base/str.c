/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/str.h"

#include <stdlib.h>

static unsigned char
lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool
str_eq_nocase(struct str a, struct str b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.p[i]) != lower(b.p[i])) {
            return false;
        }
    }
    return true;
}

bool
str_skip(struct str *s, char a, char b)
{
    bool is = s->len > 0 && (s->p[0] == a || s->p[0] == b);

    s->p += is;
    s->len -= is;
    return is;
}

int
str_cmp(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int cmp = n == 0 ? 0 : memcmp(a.p, b.p, n);

    if (cmp == 0) {
        return (a.len > b.len) - (a.len < b.len);
    }
    return cmp < 0 ? -1 : 1;
}

bool
str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq((struct str){s.p, prefix.len}, prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len &&
           (suffix.len == 0 ||
            memcmp(s.p + s.len - suffix.len, suffix.p, suffix.len) == 0);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
    return str_strip(s, is_blank);
}

struct str
str_cut(struct str *rest, char sep)
{
    struct str part = *rest;
    const char *at = part.len == 0 ? NULL : memchr(part.p, sep, part.len);

    if (at == NULL) {
        *rest = (struct str){NULL, 0};
        return part;
    }
    part.len = (size_t)(at - part.p);
    *rest = (struct str){at + 1, rest->len - part.len - 1};
    return part;
}

char *
str_dup(struct str s)
{
    char *copy = malloc(s.len + 1);

    if (copy == NULL) {
        return NULL;
    }
    if (s.len > 0) {
        memcpy(copy, s.p, s.len);
    }
    copy[s.len] = '\0';
    return copy;
}

bool
str_copy(struct str s, char *out, size_t cap)
{
    out[0] = '\0';
    if (s.len >= cap) {
        return false;
    }
    if (s.len == 0) {
        return true;
    }
    if (memchr(s.p, '\0', s.len) != NULL) {
        return false;
    }
    memcpy(out, s.p, s.len);
    out[s.len] = '\0';
    return true;
}
