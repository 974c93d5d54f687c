/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/worker.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "lookup/api/api.h"
#include "lookup/api/resp_commands.h"
#include "lookup/net/http.h"
#include "lookup/net/resp.h"
#include "lookup/store/mailbox.h"
#include "lookup/worker_limits.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>

/*
 * A loop of its own: what is ready is read and queries begin, then rig_turn()
 * runs them and sends what there is to send. What others have to say comes by
 * the mailbox.
 */
#define MAILBOX_MAX 1024

enum message_kind {
    MESSAGE_TABLES,
    MESSAGE_SUPERSEDED,
    MESSAGE_POLICY,
    MESSAGE_DRAIN,
};

struct message {
    enum message_kind kind;
    struct tables *tables;
    struct superseded_news *news;
    struct lookup_policy policy;
};

struct worker {
    pthread_t thread;
    bool started;
    struct worker_setup setup;
    struct event_base *base;
    struct mailbox *mailbox;
    struct rig rig;
    struct api *api;
    struct http_limits http_limits;
    struct conn_options conn_options;
    struct http *http;
    struct resp_commands *resp_commands;
    struct resp *resp;
    struct conn_group *conns;
    struct listener *listener;
    struct listener *resp_listener; /* NULL without --resp */
    struct net_stats stats;
    bool draining;
    uint64_t drain_until_ns;
};

static void
begin_drain(struct worker *w)
{
    w->draining = true;
    w->drain_until_ns =
        clock_mono_ns() + w->setup.rig.config->options.drain_timeout;
    listener_destroy(&w->listener);
    listener_destroy(&w->resp_listener);
    conn_group_drain(w->conns);
}

static void
on_message(void *arg, void *thing)
{
    struct worker *w = arg;
    struct message *m = thing;

    switch (m->kind) {
    case MESSAGE_TABLES:
        net_stats_set_tables(&w->stats, lookup_tables(w->rig.lookup),
                             m->tables);
        rig_set_tables(&w->rig, m->tables);
        break;
    case MESSAGE_SUPERSEDED:
        lookup_supersede(w->rig.lookup, m->news);
        break;
    case MESSAGE_POLICY:
        rig_set_policy(&w->rig, &m->policy);
        break;
    case MESSAGE_DRAIN:
        begin_drain(w);
        break;
    }
    free(m);
}

static bool
is_drained(const struct worker *w)
{
    return w->draining && (conn_group_count(w->conns) == 0 ||
                           clock_mono_ns() >= w->drain_until_ns);
}

static void *
run(void *arg)
{
    struct worker *w = arg;

    while (!is_drained(w)) {
        CHECK(event_base_loop(w->base, EVLOOP_ONCE) >= 0);
        rig_turn(&w->rig, w->conns, w->draining);
    }
    w->setup.done(w->setup.done_arg);
    return NULL;
}

static bool
create_parts(struct worker *w)
{
    const struct config *config = w->setup.rig.config;
    const struct serve_options *o = &config->options;

    w->http_limits = worker_http_limits(config);
    w->conn_options = worker_conn_options(config);
    return (w->base = event_base_new()) != NULL &&
           (w->mailbox = mailbox_create(w->base, MAILBOX_MAX, on_message, w)) !=
               NULL &&
           rig_init(&w->rig, w->base, &w->setup.rig) == RC_OK &&
           (w->api = api_create(w->rig.lookup, o->default_table,
                                &config->sagemaker)) != NULL &&
           (w->http = http_create(&w->http_limits, api_handle, w->api,
                                  &w->stats)) != NULL &&
           (w->resp_commands = resp_commands_create(
                w->rig.lookup, o->default_table)) != NULL &&
           (w->resp = resp_create(resp_commands_handle, w->resp_commands,
                                  &w->stats)) != NULL &&
           (w->conns = conn_group_create(w->base, &w->conn_options,
                                         &w->stats)) != NULL;
}

static enum rc
listen_all(struct worker *w, struct err *e)
{
    const struct worker_setup *setup = &w->setup;

    w->listener = listener_create(setup->listen, w->base, w->conns, &proto_http,
                                  w->http, &w->stats, e);
    if (w->listener == NULL) {
        return RC_IO;
    }
    if (setup->resp != NULL) {
        w->resp_listener = listener_create(setup->resp, w->base, w->conns,
                                           &proto_resp, w->resp, &w->stats, e);
    }
    return setup->resp != NULL && w->resp_listener == NULL ? RC_IO : RC_OK;
}

enum rc
worker_create(struct worker **out, const struct worker_setup *setup,
              struct err *e)
{
    struct worker *w = calloc(1, sizeof(*w));
    enum rc rc = RC_OK;

    if (w == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    w->setup = *setup;
    if (!create_parts(w)) {
        rc = err_set(e, RC_NOMEM, "out of memory or descriptors");
    } else {
        rc = listen_all(w, e);
    }
    if (rc != RC_OK) {
        worker_destroy(&w);
        return rc;
    }
    *out = w;
    return RC_OK;
}

enum rc
worker_start(struct worker *w, struct err *e)
{
    if (pthread_create(&w->thread, NULL, run, w) != 0) {
        return err_set(e, RC_FAILED, "cannot start a worker thread");
    }
    w->started = true;
    return RC_OK;
}

static void
post(struct worker *w, struct message m)
{
    struct message *copy = malloc(sizeof(*copy));

    CHECK(copy != NULL);
    *copy = m;
    /* A worker that has not read a thousand messages is not running. */
    CHECK(mailbox_post(w->mailbox, copy) == RC_OK);
}

void
worker_post_tables(struct worker *w, struct tables *t)
{
    post(w, (struct message){.kind = MESSAGE_TABLES, .tables = tables_hold(t)});
}

void
worker_post_superseded(struct worker *w, struct superseded_news *n)
{
    post(w, (struct message){.kind = MESSAGE_SUPERSEDED,
                             .news = superseded_news_hold(n)});
}

void
worker_post_policy(struct worker *w, const struct lookup_policy *policy)
{
    post(w, (struct message){.kind = MESSAGE_POLICY, .policy = *policy});
}

void
worker_post_drain(struct worker *w)
{
    post(w, (struct message){.kind = MESSAGE_DRAIN});
}

void
worker_join(struct worker *w)
{
    if (w != NULL && w->started) {
        worker_post_drain(w);
        CHECK(pthread_join(w->thread, NULL) == 0);
    }
}

void
worker_destroy(struct worker **out)
{
    struct worker *w = *out;

    if (w == NULL) {
        return;
    }
    mailbox_destroy(&w->mailbox);
    listener_destroy(&w->listener);
    listener_destroy(&w->resp_listener);
    rig_quiet(&w->rig);
    conn_group_destroy(&w->conns);
    net_stats_fini(&w->stats);
    http_destroy(&w->http);
    api_destroy(&w->api);
    resp_destroy(&w->resp);
    resp_commands_destroy(&w->resp_commands);
    rig_fini(&w->rig);
    if (w->base != NULL) {
        event_base_free(w->base);
    }
    free(w);
    *out = NULL;
}

const struct lookup_stats *
worker_lookup_stats(const struct worker *w)
{
    return lookup_stats(w->rig.lookup);
}

const struct net_stats *
worker_net_stats(const struct worker *w)
{
    return &w->stats;
}

const struct store_stats *
worker_store_stats(const struct worker *w)
{
    return &w->rig.store->stats;
}
