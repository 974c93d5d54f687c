/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row_plan.h"

#include "common/base/number.h"
#include "common/base/number_many.h"

#include <stdio.h>
#include <stdlib.h>

/* Names for a message, as many as fit. */
struct listing {
    char text[400];
    size_t len;
    size_t n;
    size_t nshown;
};

static void
list_name(struct listing *l, struct str name)
{
    size_t room = sizeof(l->text) - l->len;
    int n;

    l->n++;
    if (l->nshown + 1 < l->n) {
        return;
    }
    n = snprintf(l->text + l->len, room, "%s'%.*s'", l->len > 0 ? ", " : "",
                 STR_ARG(name));
    if ((size_t)n >= room) {
        l->text[l->len] = '\0';
        return;
    }
    l->len += (size_t)n;
    l->nshown++;
}

/* "; 3 columns are not features of the model: 'a', 'b' and 1 more" */
static void
append_listing(struct err *e, const struct listing *l, const char *what)
{
    size_t len = strlen(e->text);
    size_t room = sizeof(e->text) - len;

    if (l->n == 0) {
        return;
    }
    snprintf(e->text + len, room, "%s%zu %s: %s", len > 0 ? "; " : "", l->n,
             what, l->text);
    len = strlen(e->text);
    room = sizeof(e->text) - len;
    if (l->nshown < l->n) {
        snprintf(e->text + len, room, " and %zu more", l->n - l->nshown);
    }
}

static enum rc
refuse_columns(const struct listing *missing, const struct listing *unknown,
               struct err *e)
{
    struct err text = {""};

    append_listing(&text, missing,
                   "features of the model are not in the header");
    append_listing(&text, unknown,
                   "columns of the header are not features of the model");
    return err_set(e, RC_REFUSED, "%s", text.text);
}

/* The id column when none was named: one that is not a feature as well. */
static ptrdiff_t
find_usual_id(const struct csv_header *h, const struct schema *schema)
{
    static const struct str usual[] = {
        {"user_id", sizeof("user_id") - 1},
        {"id", sizeof("id") - 1},
    };

    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
        if (schema == NULL || schema_find(schema, usual[i]) < 0) {
            ptrdiff_t at = csv_header_find(h, usual[i]);

            if (at >= 0) {
                return at;
            }
        }
    }
    return -1;
}

/* A column by its name, or else its number; -1: there is none. */
static ptrdiff_t
find_column(const struct csv_header *h, const char *column)
{
    ptrdiff_t at = csv_header_find(h, str_of(column));
    uint64_t number;

    return at < 0 && number_parse_u64(str_of(column), &number) &&
                   number < csv_header_size(h)
               ? (ptrdiff_t)number
               : at;
}

/* What was asked for must be there. */
static enum rc
find_asked(const struct csv_header *h, const char *column, size_t *out,
           struct err *e)
{
    ptrdiff_t at = find_column(h, column);

    *out = (size_t)at;
    return at >= 0 ? RC_OK
                   : err_set(e, RC_REFUSED,
                             "the header has no column '%s' to take the ids "
                             "from",
                             column);
}

static enum rc
find_item(const struct csv_header *h, const struct row_spec *spec, size_t *item,
          struct err *e)
{
    *item = ROW_NO_ID_CELL;
    return spec->item_column == NULL
               ? RC_OK
               : find_asked(h, spec->item_column, item, e);
}

static enum rc
find_id(const struct csv_header *h, const struct row_spec *spec,
        const struct schema *schema, size_t *id, struct err *e)
{
    ptrdiff_t at;

    if (spec->id_column != NULL) {
        return find_asked(h, spec->id_column, id, e);
    }
    at = find_usual_id(h, schema);
    *id = at < 0 ? ROW_NO_ID_CELL : (size_t)at;
    return at >= 0 || !spec->need_id
               ? RC_OK
               : err_set(e, RC_REFUSED,
                         "the header has no column user_id or id that is not "
                         "a feature; say which one holds the ids");
}

static void
list_missing(const struct csv_header *h, const struct schema *schema,
             struct listing *missing)
{
    for (size_t i = 0; i < schema_size(schema); i++) {
        if (csv_header_find(h, schema_name(schema, i)) < 0) {
            list_name(missing, schema_name(schema, i));
        }
    }
}

static enum rc
match(struct row_plan *p, struct err *e)
{
    const struct schema *schema = p->schema;
    struct listing missing = {.n = 0};
    struct listing unknown = {.n = 0};
    size_t nfound = 0;

    for (size_t i = 0; i < p->ncell; i++) {
        struct str name = csv_header_name(p->header, i);

        p->feature[i] = (int32_t)schema_find(schema, name);
        nfound += p->feature[i] >= 0;
        if (p->feature[i] < 0 && i != p->id && i != p->item &&
            !p->ignore_extra) {
            list_name(&unknown, name);
        }
    }
    if (nfound < schema_size(schema)) {
        list_missing(p->header, schema, &missing);
    }
    if (missing.n + unknown.n > 0) {
        return refuse_columns(&missing, &unknown, e);
    }
    return RC_OK;
}

static enum rc
room_for_cells(struct row_plan *p, size_t n, struct err *e)
{
    p->ncell = n;
    p->feature = calloc(n, sizeof(*p->feature));
    return p->feature == NULL ? err_set(e, RC_NOMEM, "out of memory") : RC_OK;
}

static enum rc
plan_by_name(struct row_plan *p, const struct row_spec *spec, struct str first,
             struct err *e)
{
    enum rc rc = csv_header_create(&p->header, first, p->delimiter, e);

    if (rc == RC_OK) {
        rc = find_id(p->header, spec, spec->schema, &p->id, e);
    }
    if (rc == RC_OK) {
        rc = find_item(p->header, spec, &p->item, e);
    }
    if (rc == RC_OK) {
        rc = room_for_cells(p, csv_header_size(p->header), e);
    }
    p->nfilled = p->nfeature;
    return rc == RC_OK ? match(p, e) : rc;
}

/* column: what the option of that name says, NULL: nothing. */
static enum rc
find_by_number(const char *column, const char *option, bool need, size_t ncell,
               size_t *out, struct err *e)
{
    uint64_t number;

    *out = ROW_NO_ID_CELL;
    if (column == NULL && !need) {
        return RC_OK;
    }
    if (column == NULL || !number_parse_u64(str_of(column), &number) ||
        number >= ncell) {
        return err_set(e, RC_REFUSED,
                       "there is no header, so %s must be the number "
                       "of one of the %zu columns, from 0 (if the first row "
                       "is a header, say --header yes)",
                       option, ncell);
    }
    *out = number;
    return RC_OK;
}

static enum rc
plan_by_position(struct row_plan *p, const struct row_spec *spec,
                 struct str first, struct err *e)
{
    size_t ncell = csv_count(first, p->delimiter);
    int32_t feature = 0;
    enum rc rc = find_by_number(spec->id_column, "--id-column", spec->need_id,
                                ncell, &p->id, e);

    if (rc == RC_OK) {
        rc = find_by_number(spec->item_column, "--item-column", false, ncell,
                            &p->item, e);
    }
    if (rc == RC_OK) {
        rc = room_for_cells(p, ncell, e);
    }
    for (size_t i = 0; rc == RC_OK && i < ncell; i++) {
        p->feature[i] = i == p->id || i == p->item ? -1 : feature++;
    }
    p->nfilled = (size_t)feature;
    if (rc == RC_OK && p->nfilled > p->nfeature) {
        rc = err_set(e, RC_REFUSED,
                     "%d columns of features and no header, the model has %zu "
                     "features; is one of them the id (--id-column N)?",
                     feature, p->nfeature);
    }
    return rc;
}

/* The usual ids, unless they are features. */
static void
plan_json_id(struct row_plan *p, const struct row_spec *spec)
{
    static const struct str usual[] = {
        {"user_id", sizeof("user_id") - 1},
        {"id", sizeof("id") - 1},
    };

    if (spec->item_column != NULL) {
        p->item_name = str_of(spec->item_column);
    }
    if (spec->id_column != NULL) {
        p->id_name[0] = str_of(spec->id_column);
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        if (schema_find(spec->schema, usual[i]) < 0) {
            p->id_name[i] = usual[i];
        }
    }
}

enum rc
row_plan_create(struct row_plan **out, const struct row_spec *spec,
                struct str first, struct err *e)
{
    struct row_plan *p = calloc(1, sizeof(*p));
    enum rc rc = RC_OK;

    if (p == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    *p = (struct row_plan){
        .format = spec->format,
        .schema = spec->schema,
        .nfeature = schema_size(spec->schema),
        .need_id = spec->need_id,
        .ignore_extra = spec->ignore_extra,
        .delimiter = spec->delimiter,
        .python_cells = spec->python_cells,
        .avx512 = number_many_has_avx512(),
        .base = spec->base,
        .label = spec->label,
        .label_is_id = spec->need_id || spec->id_column != NULL,
    };
    if (spec->format == ROW_CSV) {
        rc = spec->header ? plan_by_name(p, spec, first, e)
                          : plan_by_position(p, spec, first, e);
    } else if (spec->format == ROW_JSONL) {
        plan_json_id(p, spec);
    }
    if (rc != RC_OK) {
        row_plan_destroy(&p);
        return rc;
    }
    *out = p;
    return RC_OK;
}

void
row_plan_destroy(struct row_plan **p)
{
    struct row_plan *old = *p;

    *p = NULL;
    if (old != NULL) {
        csv_header_destroy(&old->header);
        free(old->feature);
        free(old);
    }
}

size_t
row_plan_cells(const struct row_plan *p)
{
    return p->ncell;
}

enum rc
row_schema_from_header(struct schema **out, struct str header,
                       const struct row_spec *spec, struct err *e)
{
    struct csv_header *h = NULL;
    struct str *name = NULL;
    size_t n = 0;
    size_t id, item;
    enum rc rc = csv_header_create(&h, header, spec->delimiter, e);

    if (rc != RC_OK) {
        return rc;
    }
    rc = find_id(h, spec, NULL, &id, e);
    rc = rc == RC_OK ? find_item(h, spec, &item, e) : rc;
    if (rc != RC_OK) {
        goto out;
    }
    name = calloc(csv_header_size(h), sizeof(*name));
    if (name == NULL) {
        rc = err_set(e, RC_NOMEM, "out of memory");
        goto out;
    }
    for (size_t i = 0; i < csv_header_size(h); i++) {
        if (i != id && i != item) {
            name[n++] = csv_header_name(h, i);
        }
    }
    rc = schema_create(out, name, n, e);
    rc = rc == RC_INVAL ? RC_REFUSED : rc;
out:
    csv_header_destroy(&h);
    free(name);
    return rc;
}
