/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * server_impl - what serving (server.c) shares with the putting together and
 * taking apart of its parts (server_parts.c); nobody else includes this.
 */
#include "lookup/admin_front.h"
#include "lookup/loader.h"
#include "lookup/model_table.h"
#include "lookup/server.h"
#include "lookup/worker.h"

#define SERVER_SIGNALS 3

struct server {
    struct config *config;
    int argc;
    char **argv;
    struct event_base *base;
    struct event *signal[SERVER_SIGNALS];
    struct mailbox *mailbox; /* "drained" from each worker */
    struct worker *worker[THREADS_MAX];
    size_t nworker;
    size_t running;                  /* workers that have not drained; main's */
    struct shelf *shelf;             /* NULL without --snapshot-dir */
    struct loader *loader;           /* NULL without Redis, and then */
    struct model_table *model_table; /* ... this is all there is */
    struct scoring *scoring;
    struct admin_front *front;
    bool ending;
};

/* The policy that these options ask for. */
struct lookup_policy server_policy(const struct serve_options *o);

/* server.c: call the server at a signal, and at a message of the mailbox. */
MUST_USE enum rc server_watch_signals(struct server *s, struct err *e);
void server_on_message(void *arg, void *drained);

/*
 * All parts, in their order; running counts the workers that were started.
 * What was made before a failure is server_stop_parts()'s to take apart.
 */
MUST_USE enum rc server_start_parts(struct server *s, struct err *e);
void server_stop_parts(struct server *s);
