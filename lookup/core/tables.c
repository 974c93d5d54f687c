/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/tables.h"

#include "lookup/core/feature_rows.h"
#include "lookup/core/generation.h"

#include <stdatomic.h>
#include <stdlib.h>

struct tables *
tables_create(size_t n)
{
    struct tables *t = calloc(1, sizeof(*t) + n * sizeof(t->view[0]));

    if (t != NULL) {
        atomic_init(&t->holders, 1);
        t->n = n;
    }
    return t;
}

struct tables *
tables_hold(struct tables *t)
{
    atomic_fetch_add_explicit(&t->holders, 1, memory_order_relaxed);
    return t;
}

void
tables_release(struct tables **t)
{
    struct tables *dead = *t;

    *t = NULL;
    if (dead == NULL || atomic_fetch_sub_explicit(&dead->holders, 1,
                                                  memory_order_acq_rel) != 1) {
        return;
    }
    for (size_t i = 0; i < dead->n; i++) {
        generation_release(&dead->view[i].live);
        feature_rows_release(&dead->view[i].rows);
    }
    free(dead);
}

bool
tables_are_all(const struct tables *t)
{
    return t != NULL && t->store_ok && !t->crowded;
}

const struct table_view *
tables_find(const struct tables *t, struct str name)
{
    size_t low = 0, high = t->n;

    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = str_cmp(name, str_of(t->view[mid].name));

        if (order == 0) {
            return &t->view[mid];
        }
        if (order < 0) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return NULL;
}

const struct table_view *
tables_default(const struct tables *t, const char *name)
{
    if (name != NULL) {
        return tables_find(t, str_of(name));
    }
    return t->n == 1 ? &t->view[0] : NULL;
}

bool
tables_keep(const struct tables *t, const struct table_view *view)
{
    const struct table_view *now =
        t == NULL ? NULL : tables_find(t, str_of(view->name));

    return now != NULL && now->id == view->id;
}

bool
tables_any_live(const struct tables *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->view[i].live != NULL) {
            return true;
        }
    }
    return false;
}

/* Is nothing asked of Redis for a user with a record? */
static bool
all_in_memory(const struct tables *t)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct generation *live = t->view[i].live;

        if (live != NULL && generation_snapshot(live) == NULL) {
            return false;
        }
    }
    return tables_any_live(t);
}

static void
put_reasons(const struct table_view *view, struct buf *out)
{
    if (view->warming) {
        buf_printf(out, "table %s: its snapshot is being read\n", view->name);
    }
    if (view->problem[0] != '\0') {
        buf_printf(out, "table %s: %s\n", view->name, view->problem);
    }
}

void
tables_reasons(const struct tables *t, struct buf *out)
{
    if (t == NULL) {
        buf_c(out, "redis has not been read yet\n");
        return;
    }
    if (!t->store_ok && !all_in_memory(t)) {
        buf_printf(out, "%s\n", t->problem);
    }
    if (t->store_ok && !tables_any_live(t)) {
        buf_c(out, "no table has a live generation; publish one with "
                   "batchgen score\n");
    }
    for (size_t i = 0; i < t->n; i++) {
        put_reasons(&t->view[i], out);
    }
}
