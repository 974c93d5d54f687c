/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/model_table.h"

#include "common/base/check.h"
#include "common/base/log.h"
#include "common/base/queue.h"
#include "lookup/core/generation_file.h"

#include <stdio.h>
#include <stdlib.h>

struct model_table {
    struct queue *graveyard;
    struct tables *list;
};

static enum rc
load(struct model_table *m, const char *path, const char *table,
     const char *iterations, struct err *e)
{
    struct table_view *view = &m->list->view[0];
    enum rc rc =
        generation_from_file(&view->live, path, iterations, m->graveyard, e);

    if (rc != RC_OK) {
        return rc;
    }
    m->list->serial = 1;
    m->list->store_ok = true; /* what is not in the list is nowhere */
    m->list->storeless = true;
    CHECK(str_copy(str_of(table), view->name, sizeof(view->name)));
    view->id = 1;
    view->seq = 1;
    log_info("table %s: %s, scored by %s; there is no store", table, path,
             scorer_name(view->live->scorer));
    return RC_OK;
}

enum rc
model_table_create(struct model_table **out, const char *path,
                   const char *table, const char *iterations, struct err *e)
{
    struct model_table *m = calloc(1, sizeof(*m));
    enum rc rc;

    if (m != NULL) {
        m->graveyard = queue_create(1);
        m->list = tables_create(1);
    }
    rc = m == NULL || m->graveyard == NULL || m->list == NULL
             ? err_set(e, RC_NOMEM, "out of memory")
             : load(m, path, table, iterations, e);
    if (rc != RC_OK) {
        model_table_destroy(&m);
        return rc;
    }
    *out = m;
    return RC_OK;
}

struct tables *
model_table_list(struct model_table *m)
{
    return m->list;
}

void
model_table_destroy(struct model_table **out)
{
    struct model_table *m = *out;
    struct generation *g;

    if (m == NULL) {
        return;
    }
    tables_release(&m->list);
    if (m->graveyard != NULL && (g = queue_try_pop(m->graveyard)) != NULL) {
        generation_destroy(&g);
    }
    queue_destroy(&m->graveyard);
    free(m);
    *out = NULL;
}
