/* SPDX-License-Identifier: Apache-2.0 */
/*
 * {"user_id": "u1", "age": 31}, {"user_id": 7, "features": {"age": 31}} or
 * {"user_id": "u2", "features": [31]}. Members are taken as they come, none is
 * kept: the slots of the row know what was there.
 */
#include "common/model/row_plan.h"

#include "common/base/number.h"
#include "common/model/row_text.h"

struct reader {
    const struct row_plan *p;
    struct str rest;
    char *scratch;
    float *x;
    struct str id;
    struct str item;
    size_t id_rank; /* of the name the id was found by; 2: none yet */
    enum row_word kind;
    struct str word;
    struct row_where *where;
};

static void
next(struct reader *r)
{
    r->kind = row_text_next(&r->rest, &r->scratch, &r->word);
}

static bool
is_mark(const struct reader *r, char c)
{
    return r->kind == ROW_WORD_MARK && r->word.p[0] == c;
}

static enum row_fault
not_json(struct reader *r)
{
    const char *end = r->rest.p + r->rest.len;

    r->where->cell = r->word;
    if (r->kind == ROW_WORD_MARK) {
        r->where->cell.len = (size_t)(end - r->word.p);
    }
    return ROW_JSON;
}

static enum row_fault
take_number(struct reader *r, float *x)
{
    r->where->cell = r->word;
    if (!row_is_open(x)) {
        return ROW_TWICE;
    }
    if (r->kind == ROW_WORD_NULL) {
        *x = NAN;
        return ROW_OK;
    }
    if (r->kind == ROW_WORD_NUMBER) {
        return number_parse_f32(r->word, x) ? ROW_OK : ROW_INF;
    }
    if (r->kind == ROW_WORD_OTHER && str_ends(r->word, STR("Infinity"))) {
        return ROW_INF;
    }
    return r->kind == ROW_WORD_STRING || r->kind == ROW_WORD_OTHER ||
                   is_mark(r, '[') || is_mark(r, '{')
               ? ROW_TEXT
               : not_json(r);
}

/* The word as an id. */
static enum row_fault
read_id(struct reader *r)
{
    bool whole = r->kind == ROW_WORD_NUMBER &&
                 memchr(r->word.p, '.', r->word.len) == NULL &&
                 memchr(r->word.p, 'e', r->word.len) == NULL &&
                 memchr(r->word.p, 'E', r->word.len) == NULL;

    r->where->cell = r->word;
    if (r->kind == ROW_WORD_NULL) {
        return ROW_NO_ID;
    }
    return r->kind == ROW_WORD_STRING || whole ? ROW_OK : ROW_BAD_ID;
}

static enum row_fault
take_id(struct reader *r, size_t rank)
{
    enum row_fault fault = read_id(r);

    if (fault == ROW_OK && rank == r->id_rank) {
        return ROW_TWICE;
    }
    if (fault == ROW_OK && rank < r->id_rank) {
        r->id = r->word;
        r->id_rank = rank;
    }
    return fault;
}

static enum row_fault
take_item(struct reader *r)
{
    enum row_fault fault = read_id(r);

    if (fault == ROW_OK && r->item.p != NULL) {
        return ROW_TWICE;
    }
    r->item = r->word;
    return fault;
}

/* A value nobody wants: a word, or all up to the bracket that closes it. */
static enum row_fault
skip_value(struct reader *r)
{
    size_t depth = 0;

    do {
        if (r->kind == ROW_WORD_END || r->kind == ROW_WORD_BAD) {
            return not_json(r);
        }
        if (is_mark(r, '{') || is_mark(r, '[')) {
            depth++;
        } else if (is_mark(r, '}') || is_mark(r, ']')) {
            if (depth == 0) {
                return not_json(r);
            }
            depth--;
        }
        if (depth > 0) {
            next(r);
        }
    } while (depth > 0);
    return r->kind == ROW_WORD_MARK && memchr(":,", r->word.p[0], 2) != NULL
               ? not_json(r)
               : ROW_OK;
}

static enum row_fault
take_feature(struct reader *r, struct str name)
{
    ptrdiff_t i = schema_find(r->p->schema, name);

    if (i >= 0) {
        return take_number(r, r->x + i);
    }
    return r->p->ignore_extra ? skip_value(r) : ROW_UNKNOWN;
}

/* The opening bracket is taken; so is the closing one at the end. */
static enum row_fault
take_list(struct reader *r)
{
    size_t n = 0;
    float extra;
    enum row_fault fault = ROW_OK;

    next(r);
    while (fault == ROW_OK && (n > 0 || !is_mark(r, ']'))) {
        row_open_all(&extra, 1);
        fault = take_number(r, n < r->p->nfeature ? r->x + n : &extra);
        n++;
        r->where->column = n;
        if (fault != ROW_OK) {
            return fault;
        }
        next(r);
        if (is_mark(r, ']')) {
            break;
        }
        fault = is_mark(r, ',') ? ROW_OK : not_json(r);
        next(r);
    }
    r->where->column = n;
    return fault == ROW_OK && n != r->p->nfeature ? ROW_RAGGED : fault;
}

static enum row_fault take_object(struct reader *r, bool top);

static enum row_fault
take_member(struct reader *r, struct str name, bool top)
{
    if (top && r->p->item_name.len > 0 && str_eq(name, r->p->item_name)) {
        return take_item(r);
    }
    for (size_t rank = 0; top && rank < 2; rank++) {
        if (r->p->id_name[rank].len > 0 && str_eq(name, r->p->id_name[rank])) {
            return take_id(r, rank);
        }
    }
    if (top && str_eq(name, STR("features"))) {
        if (is_mark(r, '[')) {
            return take_list(r);
        }
        if (is_mark(r, '{')) {
            return take_object(r, false);
        }
    }
    return take_feature(r, name);
}

static enum row_fault
take_named(struct reader *r, bool top)
{
    struct str name = r->word;
    enum row_fault fault;

    if (r->kind != ROW_WORD_STRING) {
        return not_json(r);
    }
    next(r);
    if (!is_mark(r, ':')) {
        return not_json(r);
    }
    next(r);
    r->where->name = name;
    fault = take_member(r, name, top);
    if (fault == ROW_OK) {
        r->where->name = (struct str){"", 0};
        next(r);
    }
    return fault;
}

/* As with take_list; at most one object lies in another. */
static enum row_fault
take_object(struct reader *r, bool top)
{
    enum row_fault fault = ROW_OK;

    next(r);
    if (is_mark(r, '}')) {
        return ROW_OK;
    }
    for (;;) {
        fault = take_named(r, top);
        if (fault != ROW_OK || is_mark(r, '}')) {
            return fault;
        }
        if (!is_mark(r, ',')) {
            return not_json(r);
        }
        next(r);
    }
}

static enum row_fault
find_absent(struct reader *r)
{
    for (size_t i = 0; i < r->p->nfeature; i++) {
        if (row_is_open(r->x + i)) {
            r->where->name = schema_name(r->p->schema, i);
            return ROW_ABSENT;
        }
    }
    return ROW_OK;
}

enum row_fault
row_parse_jsonl(const struct row_plan *p, struct str line, char *scratch,
                struct str *id, float *x, struct row_where *where)
{
    struct reader r = {
        .p = p,
        .rest = line,
        .scratch = scratch,
        .x = x,
        .id = {"", 0},
        .id_rank = 2,
        .where = where,
    };
    enum row_fault fault;

    *where = (struct row_where){0};
    row_open_all(x, p->nfeature);
    next(&r);
    fault = is_mark(&r, '{') ? take_object(&r, true) : not_json(&r);
    if (fault == ROW_OK) {
        next(&r);
        fault = r.kind == ROW_WORD_END ? find_absent(&r) : not_json(&r);
    }
    *id = r.id;
    if (fault == ROW_OK && (p->need_id || r.id_rank < 2)) {
        fault = row_check_id(r.id, where);
    }
    if (fault == ROW_OK && p->item_name.len > 0) {
        id[1] = r.item;
        fault = row_check_id(r.item, where);
    }
    return fault;
}
