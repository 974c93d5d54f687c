/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/json_grammar.h"

#include "common/base/check.h"
#include "common/base/number.h"

#include <stdbool.h>

/*
 * The reader walks the text once without building anything; `at` stops at
 * the first byte that breaks the grammar. Recursion is bounded by depth.
 */
struct reader {
    const char *begin, *at, *end;
    unsigned depth;
    size_t max;      /* values from here on */
    size_t widest;   /* names of the object that has most */
    const char *why; /* set once, by the innermost rule that failed */
};

/* Longer numbers do not fit cJSON's buffer: it would cut them. */
#define NUMBER_MAX 63

static bool read_value(struct reader *r);

static bool
broken(struct reader *r, const char *why)
{
    if (r->why == NULL) {
        r->why = why;
    }
    return false;
}

static void
skip_blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' ||
                              *r->at == '\n' || *r->at == '\r')) {
        r->at++;
    }
}

static bool
take(struct reader *r, char c)
{
    if (r->at < r->end && *r->at == c) {
        r->at++;
        return true;
    }
    return false;
}

static size_t
take_digits(struct reader *r)
{
    const char *from = r->at;

    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        r->at++;
    }
    return (size_t)(r->at - from);
}

static bool
read_number(struct reader *r)
{
    const char *from = r->at;

    take(r, '-');
    const char *first = r->at;

    if (take_digits(r) == 0 || (*first == '0' && r->at - first > 1)) {
        return broken(r, "not a JSON number");
    }
    if (take(r, '.') && take_digits(r) == 0) {
        return broken(r, "no digit behind the point");
    }
    if (take(r, 'e') || take(r, 'E')) {
        if (!take(r, '+')) {
            take(r, '-');
        }
        if (take_digits(r) == 0) {
            return broken(r, "no digit in the exponent");
        }
    }
    return r->at - from <= NUMBER_MAX ||
           broken(r, "a number has more than 63 characters");
}

/* Behind a backslash. */
static bool
read_escape(struct reader *r)
{
    if (r->at == r->end) {
        return broken(r, "the string does not end");
    }
    char c = *r->at++;

    if (c != 'u') {
        return memchr("\"\\/bfnrt", c, 8) != NULL ||
               broken(r, "unknown escape in a string");
    }
    for (int i = 0; i < 4; i++) {
        if (r->at == r->end || number_hex_digit(*r->at++) < 0) {
            return broken(r, "\\u needs four hex digits");
        }
    }
    return memcmp(r->at - 4, "0000", 4) != 0 ||
           broken(r, "\\u0000 is not accepted in a string");
}

static bool
read_string(struct reader *r)
{
    if (!take(r, '"')) {
        return broken(r, "a string is expected");
    }
    while (r->at < r->end) {
        unsigned char c = (unsigned char)*r->at++;

        if (c == '"') {
            return true;
        }
        if (c < 0x20) {
            return broken(r, "control character in a string");
        }
        if (c == '\\' && !read_escape(r)) {
            return false;
        }
    }
    return broken(r, "the string does not end");
}

static bool
read_word(struct reader *r, struct str word)
{
    if ((size_t)(r->end - r->at) < word.len ||
        memcmp(r->at, word.p, word.len) != 0) {
        return broken(r, "not a JSON value");
    }
    r->at += word.len;
    return true;
}

static bool
read_member(struct reader *r)
{
    skip_blanks(r);
    if (!read_string(r)) {
        return false;
    }
    skip_blanks(r);
    return take(r, ':') ? read_value(r)
                        : broken(r, "':' is expected behind a name");
}

/* Behind the opening bracket. */
static bool
read_list(struct reader *r, char closing)
{
    bool is_object = closing == '}';
    size_t n = 0;

    skip_blanks(r);
    if (take(r, closing)) {
        return true;
    }
    do {
        if (!(is_object ? read_member(r) : read_value(r))) {
            return false;
        }
        n++;
        skip_blanks(r);
    } while (take(r, ','));
    r->widest = is_object && n > r->widest ? n : r->widest;
    return take(r, closing) ||
           broken(r, "',' or the end of a list is expected");
}

static bool
read_nested(struct reader *r, char closing)
{
    r->at++;
    if (++r->depth > JSON_DEPTH_MAX) {
        return broken(r, "nested deeper than 32 levels");
    }
    bool ok = read_list(r, closing);

    r->depth--;
    return ok;
}

static bool
read_value(struct reader *r)
{
    skip_blanks(r);
    if (r->at == r->end) {
        return broken(r, "the text ends where a value is expected");
    }
    if (r->max-- == 0) {
        return broken(r, "more values than can be asked for here");
    }
    switch (*r->at) {
    case '{':
        return read_nested(r, '}');
    case '[':
        return read_nested(r, ']');
    case '"':
        return read_string(r);
    case 't':
        return read_word(r, STR("true"));
    case 'f':
        return read_word(r, STR("false"));
    case 'n':
        return read_word(r, STR("null"));
    default:
        return read_number(r);
    }
}

enum rc
json_grammar_check(struct str text, size_t max, size_t *widest, struct err *e)
{
    struct reader r = {
        .begin = text.p, .at = text.p, .end = text.p + text.len, .max = max};

    if (!str_is_utf8(text)) {
        return err_set(e, RC_INVAL, "the body is not UTF-8");
    }
    bool ok = read_value(&r);

    skip_blanks(&r);
    if (ok && r.at != r.end) {
        ok = broken(&r, "bytes behind the value");
    }
    if (!ok) {
        return err_set(e, RC_INVAL, "byte %zu: %s", (size_t)(r.at - r.begin),
                       r.why);
    }
    *widest = r.widest;
    return RC_OK;
}

struct str
json_grammar_next_number(struct str *rest)
{
    struct reader r = {
        .begin = rest->p, .at = rest->p, .end = rest->p + rest->len};

    while (*r.at != '-' && (*r.at < '0' || *r.at > '9')) {
        if (*r.at == '"') {
            CHECK(read_string(&r));
        } else {
            r.at++;
        }
    }
    const char *from = r.at;

    CHECK(read_number(&r));
    *rest = (struct str){r.at, (size_t)(r.end - r.at)};
    return (struct str){from, (size_t)(r.at - from)};
}
