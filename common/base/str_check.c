/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/str.h"

#include <stdint.h>

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
