/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key is table:user, the table ending at the first colon; without one it is
 * a user of the default table.
 */
#include "lookup/api/resp_impl.h"

static const struct table_view *
find_view(const struct resp_commands *r, struct str name)
{
    const struct tables *t = lookup_tables(r->lookup);

    if (t == NULL) {
        return NULL;
    }
    return name.p == NULL ? tables_default(t, r->default_table)
                          : tables_find(t, name);
}

/* Only a list that is known to be today's proves that a table is not. */
static struct resp_fault
explain(const struct resp_commands *r, struct str name,
        const struct table_view *view)
{
    const struct tables *t = lookup_tables(r->lookup);

    if (t == NULL || !t->store_ok) {
        return (struct resp_fault){503, "store unavailable"};
    }
    if (view != NULL || t->crowded) {
        return (struct resp_fault){503, "table unavailable"};
    }
    return (struct resp_fault){404, name.p == NULL ? "no default table"
                                                   : "unknown table"};
}

struct resp_target
resp_target_of(const struct resp_commands *r, struct str table, struct str user,
               struct resp_fault *fault)
{
    const struct table_view *view = find_view(r, table);

    if (view == NULL || view->live == NULL) {
        *fault = explain(r, table, view);
        view = NULL;
    }
    return (struct resp_target){view, user};
}

struct resp_target
resp_target_of_key(const struct resp_commands *r, struct str key,
                   struct resp_fault *fault)
{
    struct str rest = key;
    struct str table = str_cut(&rest, ':');

    return rest.p == NULL ? resp_target_of(r, (struct str){NULL, 0}, key, fault)
                          : resp_target_of(r, table, rest, fault);
}
