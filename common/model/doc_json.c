/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/doc_walk.h"

static void
advance(struct str *s, size_t n)
{
    s->p += n;
    s->len -= n;
}

static void
skip_blanks(struct str *s)
{
    while (s->len > 0 && memchr(" \t\r\n", s->p[0], 4) != NULL) {
        advance(s, 1);
    }
}

/* Length of the string that s begins with, quotes included; 0: no end. */
static size_t
string_len(struct str s)
{
    for (size_t i = 1; i < s.len; i++) {
        if (s.p[i] == '"') {
            return i + 1;
        }
        i += s.p[i] == '\\';
    }
    return 0;
}

/* Length of an object or array, by counting brackets outside of strings. */
static size_t
container_len(struct str s)
{
    size_t depth = 0;
    size_t i = 0;

    while (i < s.len) {
        char c = s.p[i];
        size_t n = 1;

        if (c == '"') {
            n = string_len((struct str){s.p + i, s.len - i});
            if (n == 0) {
                return 0;
            }
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        }
        i += n;
        if (depth == 0) {
            return i;
        }
    }
    return 0;
}

/* A number, true, false or null: up to what cannot belong to it. */
static size_t
plain_len(struct str s)
{
    size_t n = 0;

    while (n < s.len && memchr(",]} \t\r\n:\"[{", s.p[n], 11) == NULL) {
        n++;
    }
    return n;
}

bool
json_take_value(struct str *rest, struct str *value)
{
    size_t n;

    skip_blanks(rest);
    if (rest->len == 0) {
        return false;
    }
    switch (rest->p[0]) {
    case '"':
        n = string_len(*rest);
        break;
    case '{':
    case '[':
        n = container_len(*rest);
        break;
    default:
        n = plain_len(*rest);
    }
    *value = (struct str){rest->p, n};
    advance(rest, n);
    return n > 0;
}

/* At the closing bracket, or with nothing left, there is no next one. */
static bool
at_next(struct str *rest)
{
    skip_blanks(rest);
    if (rest->len > 0 && rest->p[0] == ',') {
        advance(rest, 1);
        skip_blanks(rest);
    }
    return rest->len > 0 && rest->p[0] != '}' && rest->p[0] != ']';
}

bool
json_take_member(struct str *rest, struct str *key, struct str *value)
{
    if (!at_next(rest) || rest->p[0] != '"' || !json_take_value(rest, key)) {
        return false;
    }
    *key = (struct str){key->p + 1, key->len - 2};
    skip_blanks(rest);
    if (rest->len == 0 || rest->p[0] != ':') {
        return false;
    }
    advance(rest, 1);
    return json_take_value(rest, value);
}

bool
json_take_item(struct str *rest, struct str *value)
{
    return at_next(rest) && json_take_value(rest, value);
}
