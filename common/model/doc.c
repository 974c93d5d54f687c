/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/doc.h"

#include "common/base/number.h"
#include "common/model/doc_walk.h"

#define INTEGER_DIGITS 15

/* "[$l#L", a length of eight bytes, then the numbers without markers. */
#define TYPED_HEAD 13

bool
doc_root(const struct doc *d, struct str *value)
{
    struct str rest = d->text;

    return d->ubjson ? ubjson_take_value(&rest, value)
                     : json_take_value(&rest, value);
}

static bool
take_member(const struct doc *d, struct str *rest, struct str *key,
            struct str *value)
{
    return d->ubjson ? ubjson_take_member(rest, key, value)
                     : json_take_member(rest, key, value);
}

static void
note_member(struct doc_member *member, size_t n, struct str key,
            struct str value)
{
    for (size_t i = 0; i < n; i++) {
        if (member[i].value.p == NULL && str_eq(str_of(member[i].key), key)) {
            member[i].value = value;
        }
    }
}

bool
doc_members(const struct doc *d, struct str object, struct doc_member *member,
            size_t n)
{
    struct str rest;
    struct str key;
    struct str value;

    for (size_t i = 0; i < n; i++) {
        member[i].value = (struct str){NULL, 0};
    }
    if (object.len < 2 || object.p[0] != '{') {
        return false;
    }
    rest = (struct str){object.p + 1, object.len - 1};
    while (take_member(d, &rest, &key, &value)) {
        note_member(member, n, key, value);
    }
    return rest.len == 1 && rest.p[0] == '}';
}

bool
doc_array(const struct doc *d, struct str array, struct str *rest)
{
    if (array.len == 0 || array.p[0] != '[') {
        return false;
    }
    *rest = (struct str){array.p + 1, array.len - 1};
    return !d->ubjson || ubjson_take_count(rest);
}

bool
doc_next(const struct doc *d, struct str *rest, struct str *value)
{
    return d->ubjson ? ubjson_take_item(rest, value)
                     : json_take_item(rest, value);
}

bool
doc_string(const struct doc *d, struct str value, struct str *text)
{
    /* 'S', 'L' and eight bytes of length; or two quotes. */
    size_t head = d->ubjson ? 10 : 1;
    size_t tail = d->ubjson ? 0 : 1;
    char first = d->ubjson ? 'S' : '"';

    if (value.len < head + tail || value.p[0] != first) {
        return false;
    }
    *text = (struct str){value.p + head, value.len - head - tail};
    return true;
}

static bool
json_integer(struct str value, int64_t *n)
{
    bool negative = value.p[0] == '-';
    struct str digits = {value.p + negative, value.len - negative};
    uint64_t u;

    if (digits.len > INTEGER_DIGITS || !number_parse_u64(digits, &u)) {
        return false;
    }
    *n = negative ? -(int64_t)u : (int64_t)u;
    return true;
}

bool
doc_integer(const struct doc *d, struct str value, int64_t *n)
{
    struct str rest = {value.p + 1, value.len - 1};
    long long wide;

    if (value.len == 0) {
        return false;
    }
    if (!d->ubjson) {
        return json_integer(value, n);
    }
    if (!ubjson_take_integer(&rest, value.p[0], &wide)) {
        return false;
    }
    *n = wide;
    return true;
}

static bool
typed_integers(struct str array, int64_t *out, size_t cap, size_t *n)
{
    char marker = array.p[2];
    struct str rest = {array.p + TYPED_HEAD, array.len - TYPED_HEAD};
    long long wide;

    for (*n = 0; rest.len > 0; (*n)++) {
        if (*n == cap || !ubjson_take_integer(&rest, marker, &wide)) {
            return false;
        }
        out[*n] = wide;
    }
    return true;
}

bool
doc_integers(const struct doc *d, struct str array, int64_t *out, size_t cap,
             size_t *n)
{
    struct str rest;
    struct str item;

    if (d->ubjson && array.len >= TYPED_HEAD && array.p[1] == '$') {
        return typed_integers(array, out, cap, n);
    }
    if (!doc_array(d, array, &rest)) {
        return false;
    }
    for (*n = 0; doc_next(d, &rest, &item); (*n)++) {
        if (*n == cap || !doc_integer(d, item, &out[*n])) {
            return false;
        }
    }
    return true;
}
