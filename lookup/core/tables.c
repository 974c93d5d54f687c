/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/tables.h"

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
    }
    free(dead);
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
