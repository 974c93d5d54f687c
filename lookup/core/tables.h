/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * tables - which generation of each table is live, as the loader last saw it:
 * an immutable list, handed whole to every worker when anything moves. A
 * worker swaps one pointer; what the old list held is let go with it.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/table/keyspace.h"
#include "common/table/topology.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLES_MAX 255

struct feature_rows;
struct generation;

struct table_view {
    char name[TABLE_MAX + 1];
    uint16_t id;  /* 1..TABLES_MAX, kept as long as it is in the list */
    uint64_t seq; /* of the manifest that made this generation live */
    struct generation *live;   /* NULL: nothing to answer from (yet) */
    struct feature_rows *rows; /* of its schema, or NULL */
    bool unread;       /* who is superseded was not read since the start */
    bool warming;      /* at the start: its snapshot is being read */
    char problem[256]; /* why the table is not as it should be, or "":
                          that nothing was published yet is no problem */
};

struct tables {
    _Atomic uint32_t holders;
    uint64_t serial;   /* of the lists of a server, from 1 */
    bool store_ok;     /* the last poll got its answers */
    bool crowded;      /* there are more than TABLES_MAX, or than fit */
    bool storeless;    /* there is no store to poll: a model file is all */
    char problem[256]; /* why it did not, or "" */
    char store_address[ADDRESS_MAX]; /* where it was polled last, or "" */
    size_t n;
    struct table_view view[]; /* by name */
};

/* For n tables; each view's live and rows are to be held by the caller. */
struct tables *tables_create(size_t n);

struct tables *tables_hold(struct tables *t);

/* Nulls *t; the last holder lets the generations go. NULL is fine. */
void tables_release(struct tables **t);

/* Is the view's table in t, which may be NULL, under the same id? */
bool tables_keep(const struct tables *t, const struct table_view *view);

/* Is a name that is not in t no table's? t may be NULL. */
bool tables_are_all(const struct tables *t);

/* The view of a name, or NULL. */
const struct table_view *tables_find(const struct tables *t, struct str name);

/* The view of a request that names no table: that of name, or (NULL) the only
 * one there is; or NULL. */
const struct table_view *tables_default(const struct tables *t,
                                        const char *name);

/* Has one of them a live generation? */
bool tables_any_live(const struct tables *t);

/*
 * Append why there is no answering from them, a line each; nothing: there is,
 * from Redis or, when Redis is away, from memory. t may be NULL.
 */
void tables_reasons(const struct tables *t, struct buf *out);
