/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native_many_body.h"

#include "common/table/schema.h"
#include "lookup/api/json.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

_Static_assert(BATCH_MAX == ROWS_MAX, "one bound for both");

static enum rc
find_list(struct many_body *m, struct body_fault *fault)
{
    const cJSON *it = cJSON_IsObject(m->root) ? m->root->child : NULL;
    int n;

    fault->error = REPLY_MANY;
    if (it == NULL || it->next != NULL ||
        (strcmp(it->string, "users") != 0 &&
         strcmp(it->string, "instances") != 0)) {
        return err_set(&fault->why, RC_INVAL,
                       "the body is not an object of \"users\" or "
                       "\"instances\" alone");
    }
    n = cJSON_IsArray(it) ? cJSON_GetArraySize(it) : 0;
    if (n < 1 || n > BATCH_MAX) {
        return err_set(&fault->why, RC_INVAL, "\"%s\" is not a list of 1 to %d",
                       it->string, BATCH_MAX);
    }
    m->is_rows = it->string[0] == 'i';
    m->list = it;
    m->n = (size_t)n;
    return RC_OK;
}

enum rc
many_body_read(struct many_body *m, struct str body, size_t ncol,
               struct body_fault *fault)
{
    enum rc rc =
        json_parse(body, JSON_VALUES + ROWS_MAX * ncol, &m->root, &fault->why);

    if (rc != RC_OK) {
        fault->error = rc == RC_NOMEM ? REPLY_MEMORY : REPLY_JSON;
        return rc;
    }
    rc = find_list(m, fault);
    if (rc != RC_OK) {
        many_body_fini(m);
    }
    return rc;
}

void
many_body_fini(struct many_body *m)
{
    cJSON_Delete(m->root);
    m->root = NULL;
}

enum rc
many_body_users(const struct many_body *m, struct batch *b,
                const struct table_view *view, struct body_fault *fault)
{
    const cJSON *it;
    size_t i = 0;

    cJSON_ArrayForEach(it, m->list)
    {
        struct str user = str_of(cJSON_IsString(it) ? it->valuestring : "");

        if (batch_add(b, view, user) != RC_OK) {
            fault->error = REPLY_MANY;
            return err_set(&fault->why, RC_INVAL,
                           "user %zu is not a text of 1 to 512 bytes", i);
        }
        i++;
    }
    return RC_OK;
}

/* What is being filled: row i of r. */
struct filling {
    const struct rows *r;
    size_t i;
    float *x;
    uint8_t *known; /* ncol */
    struct body_fault *fault;
};

static enum rc
put_feature(struct filling *f, size_t col, const cJSON *value)
{
    if (!native_body_number(value, &f->x[col])) {
        f->fault->error = REPLY_BAD_FEATURE;
        return err_set(&f->fault->why, RC_INVAL,
                       "row %zu: feature %zu is not a number", f->i, col);
    }
    f->known[col] = 1;
    return RC_OK;
}

static enum rc
fill_by_name(struct filling *f, const cJSON *row)
{
    const cJSON *it;
    enum rc rc = RC_OK;

    cJSON_ArrayForEach(it, row)
    {
        ptrdiff_t col = schema_find(f->r->gen->schema, str_of(it->string));

        if (col < 0) {
            f->fault->error = REPLY_UNKNOWN_FEATURE;
            return err_set(&f->fault->why, RC_INVAL,
                           "row %zu: the model has no feature '%.200s'", f->i,
                           it->string);
        }
        rc = put_feature(f, (size_t)col, it);
        if (rc != RC_OK) {
            return rc;
        }
    }
    for (size_t col = 0; col < f->r->ncol; col++) {
        if (!f->known[col]) {
            struct str name = schema_name(f->r->gen->schema, col);

            f->fault->error = REPLY_MISSING_FEATURES;
            return err_set(&f->fault->why, RC_INVAL,
                           "row %zu does not name '%.*s'", f->i, STR_ARG(name));
        }
    }
    return RC_OK;
}

static enum rc
fill_in_order(struct filling *f, const cJSON *row)
{
    const cJSON *it;
    size_t col = 0;
    enum rc rc = RC_OK;

    if ((size_t)cJSON_GetArraySize(row) != f->r->ncol) {
        f->fault->error = REPLY_ROW;
        return err_set(&f->fault->why, RC_INVAL,
                       "row %zu has %d features, the model %zu", f->i,
                       cJSON_GetArraySize(row), f->r->ncol);
    }
    cJSON_ArrayForEach(it, row)
    {
        rc = rc == RC_OK ? put_feature(f, col++, it) : rc;
    }
    return rc;
}

static enum rc
fill(struct filling *f, const cJSON *row)
{
    memset(f->known, 0, f->r->ncol);
    if (cJSON_IsObject(row)) {
        return fill_by_name(f, row);
    }
    if (cJSON_IsArray(row)) {
        return fill_in_order(f, row);
    }
    f->fault->error = REPLY_ROW;
    return err_set(&f->fault->why, RC_INVAL,
                   "row %zu is neither an object nor a list", f->i);
}

enum rc
many_body_rows(const struct many_body *m, struct rows *r,
               struct body_fault *fault)
{
    struct filling f = {.r = r, .x = r->x, .fault = fault};
    const cJSON *it;
    enum rc rc = RC_OK;

    f.known = malloc(r->ncol);
    if (f.known == NULL) {
        fault->error = REPLY_MEMORY;
        return err_set(&fault->why, RC_NOMEM, "out of memory");
    }
    cJSON_ArrayForEach(it, m->list)
    {
        if (rc == RC_OK) {
            rc = fill(&f, it);
            f.i++;
            f.x += r->ncol;
        }
    }
    free(f.known);
    return rc;
}
