/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/dynamodb_impl.h"

#include "lookup/api/dynamodb_render.h"

#include <cjson/cJSON.h>

#define NAMES_MAX 100

struct page {
    const char *after; /* names behind this one; NULL: from the first */
    size_t limit;
};

static enum rc
read_page(const cJSON *root, struct page *page, struct dynamodb_fault *fault)
{
    const cJSON *limit = cJSON_GetObjectItemCaseSensitive(root, "Limit");

    page->limit = NAMES_MAX;
    if (limit != NULL) {
        double n = cJSON_IsNumber(limit) ? limit->valuedouble : 0;

        page->limit = n >= 1 && n <= NAMES_MAX ? (size_t)n : 0;
        if ((double)page->limit != n || page->limit == 0) {
            return dynamodb_refuse(fault, DYNAMODB_VALIDATION,
                                   "Limit is not 1 to %d", NAMES_MAX);
        }
    }
    return dynamodb_text(root, "ExclusiveStartTableName", &page->after, fault);
}

/* The views are in the order of their names. */
static void
put_names(struct buf *out, const struct tables *t, const struct page *page)
{
    size_t i = 0, n = 0;

    while (page->after != NULL && i < t->n &&
           strcmp(t->view[i].name, page->after) <= 0) {
        i++;
    }
    buf_c(out, "{\"TableNames\":[");
    for (; i < t->n && n < page->limit; i++, n++) {
        buf_printf(out, "%s\"%s\"", n == 0 ? "" : ",", t->view[i].name);
    }
    buf_char(out, ']');
    if (i < t->n) {
        buf_printf(out, ",\"LastEvaluatedTableName\":\"%s\"",
                   t->view[i - 1].name);
    }
    buf_char(out, '}');
}

void
dynamodb_list_tables(struct desk *d, struct exchange *x,
                     const struct http_request *req)
{
    struct table_fault why;
    const struct tables *t = desk_tables(d, &why);
    struct dynamodb_fault fault;
    struct page page;
    cJSON *root = NULL;
    enum rc rc = dynamodb_object(&root, req->body, &fault);

    if (rc == RC_OK) {
        rc = read_page(root, &page, &fault);
    }
    if (rc == RC_OK && t == NULL) {
        rc = dynamodb_refuse(&fault, DYNAMODB_INTERNAL, "%s", why.text);
    }
    if (rc == RC_OK) {
        buf_clear(&d->body);
        put_names(&d->body, t, &page);
        dynamodb_send(d, x);
    } else {
        dynamodb_fail(d, x, &fault);
    }
    cJSON_Delete(root);
}

void
dynamodb_describe_table(struct desk *d, struct exchange *x,
                        const struct http_request *req)
{
    const struct table_view *view = NULL;
    struct dynamodb_fault fault;
    struct table_fault why;
    const char *name;
    cJSON *root = NULL;
    enum rc rc = dynamodb_object(&root, req->body, &fault);

    if (rc == RC_OK) {
        rc = dynamodb_table_name(root, &name, &fault);
    }
    if (rc == RC_OK) {
        view = desk_table(lookup_tables(d->lookup), str_of(name), &why);
        if (view == NULL) {
            dynamodb_table_fault(&fault, name, &why);
        }
    }
    if (view == NULL) {
        dynamodb_fail(d, x, &fault);
    } else {
        buf_clear(&d->body);
        dynamodb_render_table(&d->body, view);
        dynamodb_send(d, x);
    }
    cJSON_Delete(root);
}
