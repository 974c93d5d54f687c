/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/desk.h"

#define HEADERS_MAX 2048

void
desk_init(struct desk *d, struct lookup *lookup, const char *default_table)
{
    d->lookup = lookup;
    d->default_table = default_table;
    buf_init(&d->body, DESK_BODY_MAX);
    buf_init(&d->headers, HEADERS_MAX);
}

void
desk_fini(struct desk *d)
{
    buf_fini(&d->body);
    buf_fini(&d->headers);
}

static struct table_fault
unknown_list(const struct tables *t)
{
    return (struct table_fault){
        REPLY_STORE, t != NULL && t->store_ok
                         ? "there are more tables than a server holds"
                         : "the list of tables could not be read"};
}

const struct tables *
desk_tables(const struct desk *d, struct table_fault *fault)
{
    const struct tables *t = lookup_tables(d->lookup);

    /* An empty list that may be an old one says nothing. */
    if (t == NULL || (t->n == 0 && !t->store_ok)) {
        *fault = unknown_list(t);
        return NULL;
    }
    return t;
}

/* Why there is no view of that name. */
static void
explain_absence(const struct tables *t, const char *text,
                struct table_fault *fault)
{
    /* Only a list that is known to be today's proves that a table is not. */
    *fault = tables_are_all(t) ? (struct table_fault){REPLY_UNKNOWN_TABLE, text}
                               : unknown_list(t);
}

const struct table_view *
desk_table(const struct tables *t, struct str name, struct table_fault *fault)
{
    const struct table_view *view = t == NULL ? NULL : tables_find(t, name);

    if (view == NULL) {
        explain_absence(t, "there is no such table", fault);
    }
    return view;
}

void
desk_explain(const struct table_view *view, struct table_fault *fault)
{
    if (view != NULL && view->live == NULL) {
        *fault = (struct table_fault){
            REPLY_TABLE, view->problem[0] == '\0' ? "no generation is live yet"
                                                  : view->problem};
    }
}

static const struct table_view *
default_table(const struct desk *d, struct table_fault *fault)
{
    const struct tables *t = lookup_tables(d->lookup);
    const struct table_view *view =
        t == NULL ? NULL : tables_default(t, d->default_table);

    if (view == NULL) {
        explain_absence(t, "there is no default table: see --default-table",
                        fault);
    }
    return view;
}

const struct table_view *
desk_live_table(const struct desk *d, struct str name,
                struct table_fault *fault)
{
    const struct table_view *view =
        name.p == NULL ? default_table(d, fault)
                       : desk_table(lookup_tables(d->lookup), name, fault);

    desk_explain(view, fault);
    return view;
}
