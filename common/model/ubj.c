/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/ubj.h"

#define DEPTH_MAX 32

static size_t
left(const struct ubj *v)
{
    return (size_t)(v->end - v->p);
}

/* Consume one byte if it is c. */
static bool
eat(struct ubj *v, char c)
{
    if (left(v) == 0 || *v->p != (uint8_t)c) {
        return false;
    }
    v->p++;
    return true;
}

/* Bytes of a number of this type, 0 for other types. */
static size_t
width(char type)
{
    switch (type) {
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
        return 0;
    }
}

/* A length as an 'L' number; never more than the bytes that are left. */
static bool
eat_length(struct ubj *v, size_t *n)
{
    uint64_t len;

    if (!eat(v, 'L') || left(v) < 8) {
        return false;
    }
    len = (uint64_t)ubj_u32(v->p) << 32 | ubj_u32(v->p + 4);
    v->p += 8;
    *n = (size_t)len;
    return len <= left(v);
}

static bool
eat_text(struct ubj *v, struct str *out)
{
    if (!eat_length(v, &out->len)) {
        return false;
    }
    out->p = (const char *)v->p;
    v->p += out->len;
    return true;
}

/* "$", the type, "#" and the length, behind the "[" of a typed array. */
static bool
eat_typed(struct ubj *v, char *type, struct ubj_array *out)
{
    if (!eat(v, '$') || left(v) == 0) {
        return false;
    }
    *type = (char)*v->p++;
    if (width(*type) == 0 || !eat(v, '#') || !eat_length(v, &out->n) ||
        out->n > left(v) / width(*type)) {
        return false;
    }
    out->p = v->p;
    v->p += out->n * width(*type);
    return true;
}

static bool skip(struct ubj *v, int depth);

static bool
skip_array(struct ubj *v, int depth)
{
    struct ubj_array a;
    char type;
    size_t n;

    if (left(v) > 0 && *v->p == '$') {
        return eat_typed(v, &type, &a);
    }
    if (!eat(v, '#') || !eat_length(v, &n)) {
        return false;
    }
    while (n-- > 0) {
        if (!skip(v, depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool
skip_object(struct ubj *v, int depth)
{
    struct str key;

    while (!eat(v, '}')) {
        if (!eat_text(v, &key) || !skip(v, depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool
skip(struct ubj *v, int depth)
{
    struct str text;
    char type;

    if (left(v) == 0 || depth > DEPTH_MAX) {
        return false;
    }
    type = (char)*v->p++;
    switch (type) {
    case '{':
        return skip_object(v, depth);
    case '[':
        return skip_array(v, depth);
    case 'S':
        return eat_text(v, &text);
    case 'Z':
    case 'T':
    case 'F':
        return true;
    default:
        if (width(type) == 0 || left(v) < width(type)) {
            return false;
        }
        v->p += width(type);
        return true;
    }
}

bool
ubj_next(struct ubj *v)
{
    return skip(v, 0);
}

bool
ubj_member(struct ubj v, const char *key, struct ubj *out)
{
    struct str name;

    if (!eat(&v, '{')) {
        return false;
    }
    while (eat_text(&v, &name)) {
        if (str_eq(name, str_of(key))) {
            *out = v;
            return true;
        }
        if (!skip(&v, 0)) {
            return false;
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
    char found;

    return eat(&v, '[') && eat_typed(&v, &found, out) && found == type;
}

bool
ubj_string(struct ubj v, struct str *out)
{
    return eat(&v, 'S') && eat_text(&v, out);
}

bool
ubj_integer(struct ubj v, int64_t *out)
{
    size_t n;
    char type;

    if (left(&v) == 0) {
        return false;
    }
    type = (char)*v.p++;
    n = width(type);
    if (type == 'd' || type == 'D' || n == 0 || left(&v) < n) {
        return false;
    }
    /* Sign by the first byte; only 'U' has none. */
    *out = type == 'U' ? 0 : (int8_t)*v.p >> 7;
    while (n-- > 0) {
        *out = (int64_t)((uint64_t)*out << 8 | *v.p++);
    }
    return true;
}

bool
ubj_number(struct ubj v, float *out)
{
    if (!eat(&v, 'd') || left(&v) < 4) {
        return false;
    }
    *out = ubj_f32((struct ubj_array){v.p, 1}, 0);
    return true;
}
