/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * model_table - the one table of a server that has a model file and no Redis,
 * in the place of the loader. It never changes.
 */
#include "common/base/rc.h"
#include "lookup/core/tables.h"

struct model_table;

/*
 * Reads and tries the model, which may take seconds; call it before there are
 * threads. Errors, and iterations, are those of generation_from_file().
 */
MUST_USE enum rc model_table_create(struct model_table **out, const char *path,
                                    const char *table, const char *iterations,
                                    struct err *e);

/* The list with this table, to be handed out; valid as long as m. */
struct tables *model_table_list(struct model_table *m);

/* Everybody must have let the list go. Frees and nulls; NULL is fine. */
void model_table_destroy(struct model_table **m);
