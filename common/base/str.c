/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/str.h"

#include <stdint.h>
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
    while (s.len > 0 && is_blank(s.p[0])) {
        s.p++;
        s.len--;
    }
    while (s.len > 0 && is_blank(s.p[s.len - 1])) {
        s.len--;
    }
    return s;
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

#define ONES  (~UINT64_C(0) / 255)
#define HIGHS (ONES * 0x80)

/* The high bits of w's zero bytes; bytes of w must be below 0x80. */
static uint64_t
zero_bytes(uint64_t w)
{
    return (w - ONES) & HIGHS;
}

static bool
word_is_plain(uint64_t w)
{
    return ((w | (w - ONES * 0x20) | (w + ONES) | zero_bytes(w ^ ONES * '"') |
             zero_bytes(w ^ ONES * '\\')) &
            HIGHS) == 0;
}

bool
str_is_plain(struct str s)
{
    uint64_t w = ONES * 'a';
    size_t at = 0;

    for (; s.len - at >= sizeof(w); at += sizeof(w)) {
        memcpy(&w, s.p + at, sizeof(w));
        if (!word_is_plain(w)) {
            return false;
        }
    }
    if (s.len >= sizeof(w)) {
        memcpy(&w, s.p + s.len - sizeof(w), sizeof(w));
    } else if (s.len > 0) {
        memcpy(&w, s.p, s.len);
    }
    return word_is_plain(w);
}

/* Length of the sequence that lead begins; 0 when none begins with it. */
static size_t
utf8_len(unsigned char lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xc2 || lead > 0xf4) {
        return 0;
    }
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* Overlong forms, surrogates and too large ones show in the second byte. */
static bool
utf8_second_ok(unsigned char lead, unsigned char second)
{
    unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

    return second >= low && second <= high;
}

bool
str_is_utf8(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t n;

    for (size_t at = 0; at < s.len; at += n) {
        n = utf8_len(p[at]);
        if (n == 0 || n > s.len - at) {
            return false;
        }
        if (n > 1 && !utf8_second_ok(p[at], p[at + 1])) {
            return false;
        }
        for (size_t i = 2; i < n; i++) {
            if ((p[at + i] & 0xc0) != 0x80) {
                return false;
            }
        }
    }
    return true;
}
