/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/ubj.h"

#include "common/model/doc_walk.h"

static struct str
rest_of(struct ubj v)
{
    return (struct str){(const char *)v.p, (size_t)(v.end - v.p)};
}

/* Consume one byte if it is c. */
static bool
eat(struct ubj *v, char c)
{
    if (v->p == v->end || *v->p != (uint8_t)c) {
        return false;
    }
    v->p++;
    return true;
}

/* A length as an 'L' number; never more than the bytes that are left. */
static bool
eat_length(struct ubj *v, size_t *n)
{
    struct str rest;
    long long len;

    if (!eat(v, 'L')) {
        return false;
    }
    rest = rest_of(*v);
    if (!ubjson_take_integer(&rest, 'L', &len) || len < 0 ||
        (size_t)len > rest.len) {
        return false;
    }
    v->p = (const uint8_t *)rest.p;
    *n = (size_t)len;
    return true;
}

bool
ubj_next(struct ubj *v)
{
    struct str rest = rest_of(*v), value;

    if (!ubjson_take_value(&rest, &value)) {
        return false;
    }
    v->p = (const uint8_t *)rest.p;
    return true;
}

bool
ubj_member(struct ubj v, const char *key, struct ubj *out)
{
    struct str rest, name, value;

    if (!eat(&v, '{')) {
        return false;
    }
    rest = rest_of(v);
    while (ubjson_take_member(&rest, &name, &value)) {
        if (str_eq(name, str_of(key))) {
            *out = (struct ubj){(const uint8_t *)value.p, v.end};
            return true;
        }
    }
    return false;
}

bool
ubj_list(struct ubj v, struct ubj *first, size_t *n)
{
    if (!eat(&v, '[') || !eat(&v, '#') || !eat_length(&v, n)) {
        return false;
    }
    *first = v;
    return true;
}

bool
ubj_typed(struct ubj v, char type, struct ubj_array *out)
{
    size_t width = type == 'U' ? 1 : 4;

    if (!eat(&v, '[') || !eat(&v, '$') || !eat(&v, type) || !eat(&v, '#') ||
        !eat_length(&v, &out->n) || out->n > rest_of(v).len / width) {
        return false;
    }
    out->p = v.p;
    return true;
}

bool
ubj_string(struct ubj v, struct str *out)
{
    if (!eat(&v, 'S') || !eat_length(&v, &out->len)) {
        return false;
    }
    out->p = (const char *)v.p;
    return true;
}

bool
ubj_integer(struct ubj v, int64_t *out)
{
    struct str rest = rest_of(v);
    long long n;

    if (rest.len == 0) {
        return false;
    }
    rest.p++;
    rest.len--;
    if (!ubjson_take_integer(&rest, (char)*v.p, &n)) {
        return false;
    }
    *out = n;
    return true;
}

bool
ubj_number(struct ubj v, float *out)
{
    if (!eat(&v, 'd') || rest_of(v).len < 4) {
        return false;
    }
    *out = ubj_f32((struct ubj_array){v.p, 1}, 0);
    return true;
}
