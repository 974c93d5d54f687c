/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * admin - the admin listener's handler: metrics, health, a page for people,
 * answers explained, and the one request that writes. Runs in the main thread
 * and reads others' counters, so it answers whatever Redis does.
 */
#include "lookup/api/exchange.h"
#include "lookup/api/native_explain.h"
#include "lookup/api/native_put.h"
#include "lookup/core/tables.h"
#include "lookup/worker.h"

struct admin;

struct admin_setup {
    struct worker *const *worker; /* nworker of them */
    size_t nworker;
    struct native_put put; /* where features are written; but for its tables */
    struct desk *desk;     /* where answers are explained */
    const struct net_stats *net; /* what the admin listener counts */
};

/*
 * setup is copied; what it points to must outlive the admin. NULL: no memory.
 */
struct admin *admin_create(const struct admin_setup *setup);
void admin_destroy(struct admin **a);

/* Takes t over. */
void admin_set_tables(struct admin *a, struct tables *t);

/* From now on /health/ready says that the server ends. */
void admin_set_draining(struct admin *a);

/* An http_handler_fn; arg is the struct admin. */
void admin_handle(void *arg, struct exchange *x,
                  const struct http_request *req);
