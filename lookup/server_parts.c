/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/server_impl.h"

#include "common/base/check.h"
#include "common/base/log.h"
#include "lookup/descriptors.h"
#include "lookup/server_ports.h"
#include "lookup/store/mailbox.h"

#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

/*
 *   main: admin front (posted tables), signals, mailbox <- "drained" from
 *     |                                                     each worker
 *     +-- workers (posted tables, policy, drain)
 *     +-- loader  (poked by workers), or the table of a model file
 */
#define MAILBOX_MAX 1024

/* ------------------------------------ what the parts' threads tell others */

/* In a worker's thread. */
static void
on_drained(void *arg)
{
    struct server *s = arg;

    CHECK(mailbox_post(s->mailbox, s) == RC_OK);
}

/* In the loader's thread. */
static void
on_tables(void *arg, struct tables *t)
{
    struct server *s = arg;

    for (size_t i = 0; i < s->nworker; i++) {
        worker_post_tables(s->worker[i], t);
    }
    admin_front_post_tables(s->front, t);
}

/* In the loader's thread. */
static void
on_superseded(void *arg, struct superseded_news *n)
{
    struct server *s = arg;

    for (size_t i = 0; i < s->nworker; i++) {
        worker_post_superseded(s->worker[i], n);
    }
    admin_front_post_superseded(s->front, n);
}

/* In a worker's thread. */
static void
on_reload_wanted(void *arg)
{
    struct server *s = arg;

    loader_poke(s->loader);
}

/* ------------------------------------------------------------ the parts */

struct lookup_policy
server_policy(const struct serve_options *o)
{
    return (struct lookup_policy){
        .timeout_ns = o->timeout_ms * 1000000,
        .max_age_us = o->max_age / 1000,
        .default_on_unknown = str_eq(str_of(o->on_unknown), STR("default")),
        .default_on_failure = str_eq(str_of(o->on_failure), STR("default")),
    };
}

/* A model is tried in a child process first: before there are threads. */
static enum rc
open_files(struct server *s, struct err *e)
{
    const struct serve_options *o = &s->config->options;
    char name[300], store[320];

    if (o->model != NULL) {
        return model_table_create(
            &s->model_table, o->model, o->table,
            s->config->sagemaker.container ? "container" : "auto", e);
    }
    if (o->snapshot_dir == NULL) {
        return RC_OK;
    }
    snprintf(store, sizeof(store), "%s/%u",
             topology_name(&s->config->topology, name), s->config->topology.db);
    return shelf_create(&s->shelf, o->snapshot_dir, o->prefix, store, e);
}

static enum rc
create_scoring(struct server *s, struct err *e)
{
    return scoring_create(&s->scoring, s->config->options.scoring_threads, e);
}

static struct rig_setup
rig_of(struct server *s)
{
    return (struct rig_setup){
        .config = s->config,
        .policy = server_policy(&s->config->options),
        .scoring = s->scoring,
        .reload = on_reload_wanted,
        .reload_arg = s,
    };
}

static enum rc
create_workers(struct server *s, struct err *e)
{
    const struct serve_options *o = &s->config->options;
    struct server_ports ports;
    enum rc rc = server_ports_find(&ports, o->listen, o->resp, e);
    struct worker_setup setup = {
        .rig = rig_of(s),
        .listen = &ports.listen,
        .resp = ports.has_resp ? &ports.resp : NULL,
        .done = on_drained,
        .done_arg = s,
    };

    while (rc == RC_OK && s->nworker < o->threads) {
        rc = worker_create(&s->worker[s->nworker], &setup, e);
        s->nworker += rc == RC_OK;
    }
    if (rc == RC_OK) {
        log_info("http on %s, resp on %s, %zu worker threads",
                 ports.listen.text,
                 ports.has_resp ? ports.resp.text : "no port", s->nworker);
    }
    return rc;
}

static enum rc
create_admin(struct server *s, struct err *e)
{
    const struct admin_front_setup setup = {
        .rig = rig_of(s),
        .worker = s->worker,
        .nworker = s->nworker,
    };

    return admin_front_create(&s->front, s->base, &setup, e);
}

/* What is to be served: what Redis has, or one model. */
static enum rc
start_tables(struct server *s, struct err *e)
{
    struct loader_setup setup = {
        .topology = &s->config->topology,
        .prefix = s->config->options.prefix,
        .snapshot_bytes = config_snapshot_bytes(s->config),
        .features = s->config->options.snapshot_features,
        .shelf = s->shelf,
        .publish = on_tables,
        .superseded = on_superseded,
        .arg = s,
    };

    if (s->model_table == NULL) {
        return loader_create(&s->loader, &setup, e);
    }
    on_tables(s, model_table_list(s->model_table));
    return RC_OK;
}

static enum rc
start_threads(struct server *s, struct err *e)
{
    enum rc rc = start_tables(s, e);

    for (size_t i = 0; i < s->nworker && rc == RC_OK; i++) {
        rc = worker_start(s->worker[i], e);
        s->running += rc == RC_OK;
    }
    return rc;
}

static enum rc
start_in_order(struct server *s, struct err *e)
{
    static enum rc (*const step[])(struct server *, struct err *) = {
        create_scoring,       create_workers, create_admin,
        server_watch_signals, start_threads,
    };
    enum rc rc = RC_OK;

    for (size_t i = 0; i < sizeof(step) / sizeof(step[0]) && rc == RC_OK; i++) {
        rc = step[i](s, e);
    }
    return rc;
}

/* Signals are main's: threads are started with all of them blocked. */
static enum rc
start(struct server *s, struct err *e)
{
    sigset_t all, before;
    enum rc rc;

    s->base = event_base_new();
    s->mailbox = s->base == NULL ? NULL
                                 : mailbox_create(s->base, MAILBOX_MAX,
                                                  server_on_message, s);
    if (s->mailbox == NULL) {
        return err_set(e, RC_NOMEM, "out of memory or descriptors");
    }
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = start_in_order(s, e);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

enum rc
server_start_parts(struct server *s, struct err *e)
{
    struct serve_options *o = &s->config->options;
    enum rc rc = open_files(s, e);

    if (rc == RC_OK) {
        o->max_connections =
            descriptors_for_clients(o->max_connections, o->threads);
        rc = start(s, e);
    }
    return rc;
}

/*
 * The loader stops first, for it posts to the others, and is destroyed last,
 * for it buries what they let go.
 */
void
server_stop_parts(struct server *s)
{
    loader_stop(s->loader);
    for (size_t i = 0; i < s->nworker; i++) {
        worker_join(s->worker[i]);
    }
    scoring_destroy(&s->scoring);
    for (size_t i = 0; i < s->nworker; i++) {
        worker_destroy(&s->worker[i]);
    }
    mailbox_destroy(&s->mailbox);
    admin_front_destroy(&s->front);
    loader_destroy(&s->loader);
    shelf_destroy(&s->shelf);
    model_table_destroy(&s->model_table);
    for (int i = 0; i < SERVER_SIGNALS; i++) {
        if (s->signal[i] != NULL) {
            event_free(s->signal[i]);
        }
    }
    if (s->base != NULL) {
        event_base_free(s->base);
    }
}
