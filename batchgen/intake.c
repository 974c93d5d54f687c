/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/intake.h"

#include "common/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US      1000000
#define NAME_MAX_BYTES 24

/* "f0", "f1"...: what XGBoost calls features without names. */
static enum rc
make_schema(struct schema **out, size_t n, struct err *e)
{
    char(*text)[NAME_MAX_BYTES] = calloc(n, sizeof(*text));
    struct str *name = calloc(n, sizeof(*name));
    enum rc rc = RC_NOMEM;

    for (size_t i = 0; text != NULL && name != NULL && i < n; i++) {
        int len = snprintf(text[i], sizeof(text[i]), "f%zu", i);

        name[i] = (struct str){text[i], (size_t)len};
    }
    rc = text == NULL || name == NULL ? err_set(e, rc, "out of memory")
                                      : schema_create(out, name, n, e);
    free(text);
    free(name);
    return rc;
}

static bool
has_header(const struct intake *in, const struct source *s)
{
    if (in->spec.format != ROW_CSV || strcmp(in->header, "no") == 0) {
        return false;
    }
    return strcmp(in->header, "yes") == 0 ||
           row_is_header(s->header, in->spec.delimiter, in->schema);
}

static enum rc
choose_schema(struct intake *in, const struct source *s, size_t nfeature,
              struct err *e)
{
    enum rc rc = RC_OK;

    if (in->schema == NULL) {
        rc = in->spec.header
                 ? row_schema_from_header(&in->schema, s->header, &in->spec, e)
                 : make_schema(&in->schema, nfeature, e);
    }
    if (rc == RC_OK && schema_size(in->schema) != nfeature) {
        rc = err_set(e, RC_REFUSED,
                     "%zu feature columns, the model (which has no names) "
                     "wants %zu",
                     schema_size(in->schema), nfeature);
    }
    in->spec.schema = in->schema;
    return rc;
}

static void
warn_of_fewer(const struct intake *in, const struct source *s, size_t i)
{
    size_t ncell = row_plan_cells(in->plan[i]);
    size_t nfeature = schema_size(in->schema);

    if (in->spec.format == ROW_CSV && !in->spec.header && ncell < nfeature) {
        fprintf(stderr,
                "warning: %s: %zu columns, the model has %zu features: the "
                "last ones are taken to be missing\n",
                s->path, ncell, nfeature);
    }
}

static enum rc
plan_source(struct intake *in, size_t i, size_t nfeature, struct err *e)
{
    struct source *s = &in->sources.item[i];
    struct err why;
    enum rc rc;

    in->spec.header = has_header(in, s);
    rc = choose_schema(in, s, nfeature, &why);
    if (rc == RC_OK) {
        rc = row_plan_create(&in->plan[i], &in->spec, s->header, &why);
    }
    if (rc != RC_OK) {
        return err_set(e, rc, "%s: %.900s", s->path, why.text);
    }
    warn_of_fewer(in, s, i);
    if (!in->spec.header) {
        source_no_header(s);
    }
    return RC_OK;
}

static enum rc
read_how(struct intake *in, const struct intake_how *how, struct err *e)
{
    static const struct {
        const char *name;
        enum row_format format;
    } format[] = {
        {"csv", ROW_CSV}, {"libsvm", ROW_LIBSVM}, {"jsonl", ROW_JSONL}};
    const char *d = strcmp(how->delimiter, "\\t") == 0 ? "\t" : how->delimiter;

    if (how->input->n == 0) {
        return err_set(e, RC_INVAL, "--input is missing (--help)");
    }
    if (strlen(d) != 1 || strchr("\"\r\n", d[0]) != NULL) {
        return err_set(e, RC_INVAL, "--delimiter must be one byte, got '%s'",
                       how->delimiter);
    }
    if (how->item_column != NULL && strcmp(how->content_type, "libsvm") == 0) {
        return err_set(e, RC_INVAL,
                       "libsvm has no column for --item-column: give csv or "
                       "jsonl");
    }
    in->header = how->header;
    in->spec = (struct row_spec){
        .need_id = how->need_id,
        .id_column = how->id_column,
        .item_column = how->item_column,
        .delimiter = d[0],
        .ignore_extra = how->ignore_extra,
        .base = how->libsvm_base,
        .label = how->libsvm_label[0] == 'p'   ? ROW_LABEL_PLAIN
                 : how->libsvm_label[0] == 'w' ? ROW_LABEL_WEIGHT
                                               : ROW_LABEL_NONE,
    };
    for (size_t i = 0; i < sizeof(format) / sizeof(format[0]); i++) {
        if (strcmp(how->content_type, format[i].name) == 0) {
            in->spec.format = format[i].format;
        }
    }
    return RC_OK;
}

enum rc
intake_init(struct intake *in, const struct intake_how *how,
            struct schema *schema, size_t nfeature, struct err *e)
{
    enum rc rc;

    *in = (struct intake){.schema = schema};
    rc = read_how(in, how, e);
    if (rc == RC_OK) {
        rc = source_list_init(&in->sources, how->input->item, how->input->n,
                              in->spec.format != ROW_CSV, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    in->plan = calloc(in->sources.n, sizeof(struct row_plan *));
    if (in->plan == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    for (size_t i = 0; rc == RC_OK && i < in->sources.n; i++) {
        rc = plan_source(in, i, nfeature, e);
    }
    return rc;
}

void
intake_fini(struct intake *in)
{
    for (size_t i = 0; in->plan != NULL && i < in->sources.n; i++) {
        row_plan_destroy(&in->plan[i]);
    }
    free(in->plan);
    schema_destroy(&in->schema);
    source_list_fini(&in->sources);
    *in = (struct intake){0};
}

enum rc
intake_as_of(const struct intake *in, const char *text, uint64_t *as_of_us,
             struct err *e)
{
    if (text == NULL) {
        *as_of_us = in->sources.oldest_us - SECOND_US;
        return RC_OK;
    }
    if (clock_parse_iso(str_of(text), as_of_us) != RC_OK) {
        return err_set(e, RC_INVAL,
                       "--as-of must be a time like 2026-11-22T02:00:00Z, got "
                       "'%s'",
                       text);
    }
    return RC_OK;
}
