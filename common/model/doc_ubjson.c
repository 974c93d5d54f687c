/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UBJSON as XGBoost writes it. A value is a marker and what belongs to it:
 *
 *   {  L len key value ... }         keys have no marker, lengths are an L
 *   [  value ... ]   [ # L n value ...   [ $ type # L n bytes
 *   S  L len bytes   L D 8 bytes   l d 4   I 2   i U C 1   Z T F none
 *
 * The bytes may be damaged: everything is taken off a view that cannot run
 * past its end, lengths are compared with what is left before they are used,
 * and depth is bounded. (ubj.h is for bytes libxgboost has just written.)
 */
#include "common/model/doc_walk.h"

#include <stdint.h>

/* Deeper than any model; bounds the recursion on a damaged one. */
#define DEPTH_MAX 32

static void
advance(struct str *s, size_t n)
{
    s->p += n;
    s->len -= n;
}

static bool
take(struct str *rest, size_t n)
{
    if (n > rest->len) {
        return false;
    }
    advance(rest, n);
    return true;
}

/* Bytes of a value behind its marker, -1 when that is not fixed. */
static int
fixed_size(char marker)
{
    switch (marker) {
    case 'Z':
    case 'T':
    case 'F':
        return 0;
    case 'i':
    case 'U':
    case 'C':
        return 1;
    case 'I':
        return 2;
    case 'l':
    case 'd':
        return 4;
    case 'L':
    case 'D':
        return 8;
    default:
        return -1;
    }
}

bool
ubjson_take_integer(struct str *rest, char marker, long long *n)
{
    int size = fixed_size(marker);
    uint64_t bits = 0;

    if (size <= 0 || marker == 'd' || marker == 'D' || marker == 'C' ||
        (size_t)size > rest->len) {
        return false;
    }
    for (int i = 0; i < size; i++) {
        bits = bits << 8 | (uint8_t)rest->p[i];
    }
    if (marker != 'U') {
        bits <<= 64 - 8 * size;
        *n = (int64_t)bits >> (64 - 8 * size);
    } else {
        *n = (long long)bits;
    }
    advance(rest, (size_t)size);
    return true;
}

/* XGBoost writes every length as an L. */
static bool
take_length(struct str *rest, size_t *len)
{
    long long n;

    if (rest->len == 0 || rest->p[0] != 'L') {
        return false;
    }
    advance(rest, 1);
    if (!ubjson_take_integer(rest, 'L', &n) || n < 0) {
        return false;
    }
    *len = (size_t)n;
    return true;
}

static bool
take_text(struct str *rest, struct str *text)
{
    size_t len;

    if (!take_length(rest, &len)) {
        return false;
    }
    *text = (struct str){rest->p, len};
    return take(rest, len);
}

static bool skip_value(struct str *rest, int depth);

/* Behind "[$": all items have one type and no markers of their own. */
static bool
skip_typed(struct str *rest)
{
    int size = rest->len > 0 ? fixed_size(rest->p[0]) : -1;
    size_t n;

    if (size <= 0 || !take(rest, 1) || rest->len == 0 || rest->p[0] != '#') {
        return false;
    }
    advance(rest, 1);
    return take_length(rest, &n) && n <= rest->len / (size_t)size &&
           take(rest, n * (size_t)size);
}

static bool
skip_counted(struct str *rest, int depth)
{
    size_t n;

    if (!take_length(rest, &n)) {
        return false;
    }
    for (; n > 0; n--) {
        if (!skip_value(rest, depth)) {
            return false;
        }
    }
    return true;
}

static bool
skip_array(struct str *rest, int depth)
{
    if (rest->len > 0 && rest->p[0] == '$') {
        return take(rest, 1) && skip_typed(rest);
    }
    if (rest->len > 0 && rest->p[0] == '#') {
        return take(rest, 1) && skip_counted(rest, depth);
    }
    while (rest->len > 0 && rest->p[0] != ']') {
        if (!skip_value(rest, depth)) {
            return false;
        }
    }
    return take(rest, 1);
}

static bool
skip_object(struct str *rest, int depth)
{
    struct str key;

    while (rest->len > 0 && rest->p[0] != '}') {
        if (!take_text(rest, &key) || !skip_value(rest, depth)) {
            return false;
        }
    }
    return take(rest, 1);
}

static bool
skip_value(struct str *rest, int depth)
{
    struct str text;
    int size;
    char marker;

    if (rest->len == 0 || depth == DEPTH_MAX) {
        return false;
    }
    marker = rest->p[0];
    advance(rest, 1);
    switch (marker) {
    case '{':
        return skip_object(rest, depth + 1);
    case '[':
        return skip_array(rest, depth + 1);
    case 'S':
        return take_text(rest, &text);
    default:
        size = fixed_size(marker);
        return size >= 0 && take(rest, (size_t)size);
    }
}

bool
ubjson_take_value(struct str *rest, struct str *value)
{
    value->p = rest->p;
    if (!skip_value(rest, 0)) {
        return false;
    }
    value->len = (size_t)(rest->p - value->p);
    return true;
}

bool
ubjson_take_member(struct str *rest, struct str *key, struct str *value)
{
    return rest->len > 0 && rest->p[0] != '}' && take_text(rest, key) &&
           ubjson_take_value(rest, value);
}

bool
ubjson_take_count(struct str *rest)
{
    size_t n;

    if (rest->len > 0 && rest->p[0] == '#') {
        advance(rest, 1);
        return take_length(rest, &n);
    }
    return true;
}

bool
ubjson_take_item(struct str *rest, struct str *value)
{
    return rest->len > 0 && rest->p[0] != ']' && ubjson_take_value(rest, value);
}
