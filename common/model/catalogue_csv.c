/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file is read whole and walked twice: rows are counted, then parsed by a
 * row_plan whose schema is the item features, in the model's order. Columns
 * that the model does not have are refused, as they are in the users' rows.
 *
 *   matrix   item 0: f0 f1 ... | item 1: ...     as parsed
 *   value    f0: item 0 1 2 ... | f1: ...        as a catalogue has it
 */
#include "common/model/catalogue.h"

#include "common/model/csv.h"
#include "common/model/model.h"
#include "common/model/row.h"

#include <stdlib.h>

struct reading {
    const char *path;
    struct str rest;
    size_t line;
    struct row_plan *plan;
    struct str *id;
    float *matrix; /* n rows of f */
    char *scratch; /* ids that had to be unquoted stay here */
    size_t scratch_used;
    uint32_t n;
};

static struct str
next_record(struct reading *r)
{
    struct str record = {r->rest.p, row_record_len(r->rest, true)};

    r->rest.p += record.len;
    r->rest.len -= record.len;
    r->line++;
    return str_trim(record);
}

static const char *
find_id_column(const struct csv_header *h, const char *asked)
{
    return asked != NULL                             ? asked
           : csv_header_find(h, STR("item_id")) >= 0 ? "item_id"
                                                     : "id";
}

/* The model's features among the header's columns, in the model's order. */
static enum rc
item_schema(const struct csv_header *h, const char *id_column,
            const struct schema *model, struct schema **out, struct err *e)
{
    size_t ncell = csv_header_size(h), n = 0;
    struct str *name = calloc(schema_size(model), sizeof(*name));

    if (name == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < schema_size(model); i++) {
        if (csv_header_find(h, schema_name(model, i)) >= 0) {
            name[n++] = schema_name(model, i);
        }
    }
    enum rc rc =
        csv_header_find(h, str_of(id_column)) < 0
            ? err_set(e, RC_REFUSED, "no column '%s' for the items' ids",
                      id_column)
        : n == 0 ? err_set(e, RC_REFUSED,
                           "none of the %zu columns is a feature of the model",
                           ncell)
                 : schema_create(out, name, n, e);

    free(name);
    return rc;
}

static enum rc
read_header(struct reading *r, const char *id_column,
            const struct schema *model, struct schema **features, struct err *e)
{
    struct csv_header *h;
    struct str line = next_record(r);
    enum rc rc = csv_header_create(&h, line, ',', e);

    if (rc != RC_OK) {
        return rc;
    }
    id_column = find_id_column(h, id_column);
    rc = item_schema(h, id_column, model, features, e);
    if (rc == RC_OK) {
        struct row_spec spec = {
            .schema = *features,
            .need_id = true,
            .id_column = id_column,
            .delimiter = ',',
            .header = true,
        };

        rc = row_plan_create(&r->plan, &spec, line, e);
    }
    csv_header_destroy(&h);
    return rc;
}

static enum rc
read_row(struct reading *r, size_t f, struct err *e)
{
    struct str line = next_record(r);
    struct row_where where;
    char why[256];

    if (line.len == 0) {
        return RC_OK;
    }
    enum row_fault fault =
        row_parse_csv(r->plan, line, r->scratch + r->scratch_used, &r->id[r->n],
                      r->matrix + r->n * f, &where);

    if (fault != ROW_OK) {
        row_fault_text(r->plan, fault, &where, why, sizeof(why));
        return err_set(e, RC_REFUSED, "%s:%zu: %s", r->path, r->line, why);
    }
    r->scratch_used += line.len;
    r->n++;
    return RC_OK;
}

static int
compare_ids(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static enum rc
check_ids(const struct reading *r, struct err *e)
{
    struct str *sorted = malloc(r->n * sizeof(*sorted));
    enum rc rc = RC_OK;

    if (sorted == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    memcpy(sorted, r->id, r->n * sizeof(*sorted));
    qsort(sorted, r->n, sizeof(*sorted), compare_ids);
    for (uint32_t i = 1; i < r->n && rc == RC_OK; i++) {
        if (str_eq(sorted[i - 1], sorted[i])) {
            rc = err_set(e, RC_REFUSED, "%s: item '%.*s' is there twice",
                         r->path, STR_ARG(sorted[i]));
        }
    }
    free(sorted);
    return rc;
}

static enum rc
read_rows(struct reading *r, size_t f, struct err *e)
{
    enum rc rc = RC_OK;

    while (rc == RC_OK && r->rest.len > 0) {
        rc = read_row(r, f, e);
    }
    if (rc == RC_OK && r->n == 0) {
        rc = err_set(e, RC_REFUSED, "%s: no item in it", r->path);
    }
    return rc == RC_OK ? check_ids(r, e) : rc;
}

static size_t
count_lines(struct str text)
{
    size_t n = 1;

    for (size_t i = 0; i < text.len; i++) {
        n += text.p[i] == '\n';
    }
    return n;
}

/* Rows become columns. */
static enum rc
build(struct catalogue **out, const struct reading *r, size_t f, struct err *e)
{
    float *value;
    enum rc rc = catalogue_create(out, r->id, r->n, (uint32_t)f, &value, e);

    for (size_t i = 0; rc == RC_OK && i < r->n; i++) {
        for (size_t j = 0; j < f; j++) {
            value[j * r->n + i] = r->matrix[i * f + j];
        }
    }
    return rc;
}

enum rc
catalogue_read_csv(struct catalogue **out, const char *path,
                   const char *id_column, const struct schema *model,
                   struct schema **features, struct err *e)
{
    struct reading r = {.path = path};
    struct schema *items = NULL;
    char *text = NULL;
    size_t len;
    enum rc rc = model_read_file(path, &text, &len, e);

    if (rc == RC_OK) {
        r.rest = (struct str){text, len};
        rc = read_header(&r, id_column, model, &items, e);
    }
    if (rc == RC_OK) {
        size_t rows = count_lines(r.rest);

        r.id = calloc(rows, sizeof(*r.id));
        r.matrix = calloc(rows * schema_size(items), sizeof(*r.matrix));
        r.scratch = malloc(len + 1);
        rc = r.id != NULL && r.matrix != NULL && r.scratch != NULL
                 ? read_rows(&r, schema_size(items), e)
                 : err_set(e, RC_NOMEM, "out of memory");
    }
    if (rc == RC_OK) {
        rc = build(out, &r, schema_size(items), e);
    }
    if (rc == RC_OK) {
        *features = items;
        items = NULL;
    }
    schema_destroy(&items);
    row_plan_destroy(&r.plan);
    free(r.id);
    free(r.matrix);
    free(r.scratch);
    free(text);
    return rc;
}
