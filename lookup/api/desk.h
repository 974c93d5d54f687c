/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * desk - what all dialects of HTTP of a worker work with: the ladder, the
 * table that a request means, scratch room for one answer. One per worker.
 */
#include "common/base/buf.h"
#include "lookup/api/reply.h"
#include "lookup/core/lookup.h"

/* An answer's most bytes: a thousand rankings. */
#define DESK_BODY_MAX (8 * 1024 * 1024)

struct desk {
    struct lookup *lookup;
    const char *default_table; /* or NULL: the only one there is */
    struct buf body;           /* scratch for one answer: clear it first */
    struct buf headers;        /* likewise */
};

/* Why a request's table cannot answer; text is static or the view's. */
struct table_fault {
    enum reply_error error; /* REPLY_STORE, _TABLE or _UNKNOWN_TABLE */
    const char *text;
};

/* lookup and default_table are not owned. */
void desk_init(struct desk *d, struct lookup *lookup,
               const char *default_table);
void desk_fini(struct desk *d);

/* All tables; NULL and why: they are not known. */
const struct tables *desk_tables(const struct desk *d,
                                 struct table_fault *fault);

/*
 * The view of a table, which may have no live generation; t may be NULL. NULL
 * and why.
 */
const struct table_view *desk_table(const struct tables *t, struct str name,
                                    struct table_fault *fault);

/* Why a view has no live generation, if it has none; it may be NULL. */
void desk_explain(const struct table_view *view, struct table_fault *fault);

/*
 * The table of a request that names it so (decoded), or none (name.p is NULL).
 * NULL, and a view without a live generation, have a fault.
 */
const struct table_view *desk_live_table(const struct desk *d, struct str name,
                                         struct table_fault *fault);
