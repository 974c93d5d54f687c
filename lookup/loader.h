/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * loader - the one thread that follows the manifests: polls every 25 ms,
 * builds generations beside the live ones, reads their snapshots, hands out the
 * list of tables when anything moved, and frees what the last worker let go.
 */
#include "common/base/rc.h"
#include "common/table/topology.h"
#include "lookup/core/superseded.h"
#include "lookup/core/tables.h"
#include "lookup/shelf.h"

struct loader;

/*
 * Called in the loader's thread with a new list, which is the callee's to
 * hold: it is released by the loader after the call.
 */
typedef void (*loader_publish_fn)(void *arg, struct tables *t);

/* The same for users that were superseded. */
typedef void (*loader_superseded_fn)(void *arg, struct superseded_news *n);

struct loader_setup {
    const struct topology *topology; /* copied */
    const char *prefix;              /* must outlive the loader */
    size_t snapshot_bytes;           /* for all snapshots; 0: make none */
    bool features;                   /* rows are held in memory as well */
    const struct shelf *shelf;       /* NULL: none; else outlives the loader */
    loader_publish_fn publish;
    loader_superseded_fn superseded;
    void *arg; /* of both */
};

/* Starts the thread. */
MUST_USE enum rc loader_create(struct loader **out,
                               const struct loader_setup *setup, struct err *e);

/* Look at the manifests now. Any thread; never waits. NULL is fine. */
void loader_poke(struct loader *l);

/* Ends the thread: publish is not called any more. NULL is fine. */
void loader_stop(struct loader *l);

/*
 * After loader_stop(). Everybody must have let the lists go by then. Frees and
 * nulls; NULL is fine.
 */
void loader_destroy(struct loader **l);
