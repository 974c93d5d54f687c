/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row_match.h"

#include <stdio.h>

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

enum rc
row_match_names(struct row_plan *p, struct err *e)
{
    const struct schema *schema = p->schema;
    struct listing missing = {.n = 0};
    struct listing unknown = {.n = 0};
    size_t nfound = 0;

    for (size_t i = 0; i < p->ncell; i++) {
        struct str name = csv_header_name(p->header, i);

        p->feature[i] = (int32_t)schema_find(schema, name);
        nfound += p->feature[i] >= 0;
        if (p->feature[i] < 0 && i != p->ids.user && i != p->ids.item &&
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
