/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * admin - the admin listener's handler: metrics, health, a page for people,
 * and the one request that writes. Runs in the main thread and reads others'
 * counters, so it answers whatever Redis does.
 */
#include "lookup/api/exchange.h"
#include "lookup/api/native_put.h"
#include "lookup/core/tables.h"
#include "lookup/worker.h"

struct admin;

/*
 * workers: nworker of them, valid while the admin is. put, copied: where
 * features are written; its tables are set here. NULL: no memory.
 */
struct admin *admin_create(struct worker *const *workers, size_t nworker,
                           const struct native_put *put);
void admin_destroy(struct admin **a);

/* Takes t over. */
void admin_set_tables(struct admin *a, struct tables *t);

/* From now on /health/ready says that the server ends. */
void admin_set_draining(struct admin *a);

/* An http_handler_fn; arg is the struct admin. */
void admin_handle(void *arg, struct exchange *x,
                  const struct http_request *req);
