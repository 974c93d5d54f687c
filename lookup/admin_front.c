/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/admin_front.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "lookup/net/http.h"
#include "lookup/store/mailbox.h"
#include "lookup/store/store_none.h"
#include "lookup/store/store_redis.h"

#include <event2/event.h>
#include <stdlib.h>

#define MAILBOX_MAX 1024
#define PARKED_US   2000
#define ADMIN_CONNS 256

/* One of both. */
struct message {
    struct tables *tables;
    struct superseded_news *news;
};

struct admin_front {
    struct event_base *base;
    struct admin_front_setup setup;
    struct mailbox *mailbox;
    struct mailbox *scored;
    struct event *parked; /* fires while queries wait for the loader */
    struct store *store;
    struct lookup *lookup;
    struct desk desk;
    struct admin *admin;
    struct http *http;
    struct conn_group *conns;
    struct conn_options conn_options;
    struct listener *listener;
    struct net_stats stats;
};

static void
on_message(void *arg, void *thing)
{
    struct admin_front *f = arg;
    struct message *m = thing;

    if (m->news != NULL) {
        lookup_supersede(f->lookup, m->news);
    } else {
        net_stats_set_tables(&f->stats, lookup_tables(f->lookup), m->tables);
        lookup_set_tables(f->lookup, tables_hold(m->tables));
        admin_set_tables(f->admin, m->tables);
    }
    free(m);
}

static void
on_scored(void *arg, void *job)
{
    (void)arg;
    lookup_scored(job);
}

static void
on_parked(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg; /* admin_front_flush() does the work */
}

static bool
create_ladder(struct admin_front *f)
{
    const struct config *config = f->setup.config;
    const struct serve_options *o = &config->options;

    f->store = o->model != NULL
                   ? store_none_create()
                   : store_redis_create(f->base, &config->topology);
    f->scored = mailbox_create(f->base, SCORING_JOBS_MAX, on_scored, f);
    f->mailbox = mailbox_create(f->base, MAILBOX_MAX, on_message, f);
    f->parked = evtimer_new(f->base, on_parked, f);
    if (f->store == NULL || f->scored == NULL || f->mailbox == NULL ||
        f->parked == NULL) {
        return false;
    }
    f->lookup = lookup_create(f->store, o->prefix, &f->setup.policy,
                              f->setup.reload, f->setup.reload_arg);
    if (f->lookup != NULL) {
        admin_front_set_policy(f, &f->setup.policy);
        lookup_set_scoring(f->lookup, f->setup.scoring, f->scored);
        desk_init(&f->desk, f->lookup, o->default_table);
    }
    return f->lookup != NULL;
}

static bool
create_pages(struct admin_front *f)
{
    const struct serve_options *o = &f->setup.config->options;
    const struct admin_setup setup = {
        .worker = f->setup.worker,
        .nworker = f->setup.nworker,
        .put = {.store = f->store,
                .prefix = o->prefix,
                .timeout_ns = o->timeout_ms * 1000000},
        .desk = &f->desk,
        .net = &f->stats,
    };

    f->conn_options = conn_options_default;
    f->conn_options.max_conns = ADMIN_CONNS;
    f->conns = conn_group_create(f->base, &f->conn_options, &f->stats);
    f->admin = admin_create(&setup);
    f->http = f->admin == NULL ? NULL
                               : http_create(&http_limits_default, admin_handle,
                                             f->admin, &f->stats);
    return f->conns != NULL && f->http != NULL;
}

static enum rc
listen_if_wanted(struct admin_front *f, struct err *e)
{
    const char *where = f->setup.config->options.admin;
    struct listen_addr listen;
    enum rc rc;

    if (str_eq(str_of(where), STR("off"))) {
        return RC_OK;
    }
    rc = listen_addr_parse(str_of(where), &listen, e);
    if (rc == RC_OK) {
        rc = listener_probe(&listen, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    f->listener = listener_create(&listen, f->base, f->conns, &proto_http,
                                  f->http, &f->stats, e);
    if (f->listener == NULL) {
        return RC_IO;
    }
    log_info("admin on %s", listen.text);
    return RC_OK;
}

enum rc
admin_front_create(struct admin_front **out, struct event_base *base,
                   const struct admin_front_setup *setup, struct err *e)
{
    struct admin_front *f = calloc(1, sizeof(*f));
    enum rc rc;

    if (f == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    f->base = base;
    f->setup = *setup;
    if (!create_ladder(f) || !create_pages(f)) {
        admin_front_destroy(&f);
        return err_set(e, RC_NOMEM, "out of memory or descriptors");
    }
    rc = listen_if_wanted(f, e);
    if (rc != RC_OK) {
        admin_front_destroy(&f);
        return rc;
    }
    *out = f;
    return RC_OK;
}

struct admin *
admin_front_admin(struct admin_front *f)
{
    return f->admin;
}

static void
post(struct admin_front *f, struct message m)
{
    struct message *copy = malloc(sizeof(*copy));

    CHECK(copy != NULL);
    *copy = m;
    CHECK(mailbox_post(f->mailbox, copy) == RC_OK);
}

void
admin_front_post_tables(struct admin_front *f, struct tables *t)
{
    post(f, (struct message){.tables = tables_hold(t)});
}

void
admin_front_post_superseded(struct admin_front *f, struct superseded_news *n)
{
    post(f, (struct message){.news = superseded_news_hold(n)});
}

void
admin_front_set_policy(struct admin_front *f,
                       const struct lookup_policy *policy)
{
    lookup_set_policy(f->lookup, policy);
    store_set_patience(f->store, policy->timeout_ns);
}

void
admin_front_flush(struct admin_front *f)
{
    const struct timeval soon = {0, PARKED_US};

    if (lookup_tick(f->lookup, clock_mono_ns())) {
        CHECK(evtimer_add(f->parked, &soon) == 0);
    }
    conn_group_flush(f->conns);
    store_flush(f->store); /* may answer, if the link is down */
    conn_group_flush(f->conns);
}

void
admin_front_destroy(struct admin_front **out)
{
    struct admin_front *f = *out;

    if (f == NULL) {
        return;
    }
    mailbox_destroy(&f->mailbox);
    listener_destroy(&f->listener);
    if (f->lookup != NULL) {
        lookup_set_scoring(f->lookup, NULL, NULL); /* its threads have ended */
    }
    /* Answers what is under way, so that nothing answers later. */
    store_destroy(&f->store);
    if (f->lookup != NULL) {
        lookup_tick(f->lookup, UINT64_MAX);
    }
    mailbox_destroy(&f->scored);
    conn_group_destroy(&f->conns);
    net_stats_fini(&f->stats);
    http_destroy(&f->http);
    admin_destroy(&f->admin);
    desk_fini(&f->desk);
    lookup_destroy(&f->lookup);
    if (f->parked != NULL) {
        event_free(f->parked);
    }
    free(f);
    *out = NULL;
}
