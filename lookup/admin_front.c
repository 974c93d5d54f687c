/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/admin_front.h"

#include "common/base/check.h"
#include "common/base/log.h"
#include "lookup/net/http.h"
#include "lookup/store/mailbox.h"

#include <stdlib.h>
#include <unistd.h>

#define MAILBOX_MAX 1024
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
    struct rig rig;
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
        lookup_supersede(f->rig.lookup, m->news);
    } else {
        net_stats_set_tables(&f->stats, lookup_tables(f->rig.lookup),
                             m->tables);
        rig_set_tables(&f->rig, tables_hold(m->tables));
        admin_set_tables(f->admin, m->tables);
    }
    free(m);
}

static bool
create_ladder(struct admin_front *f)
{
    f->mailbox = mailbox_create(f->base, MAILBOX_MAX, on_message, f);
    if (f->mailbox == NULL ||
        rig_init(&f->rig, f->base, &f->setup.rig) != RC_OK) {
        return false;
    }
    desk_init(&f->desk, f->rig.lookup,
              f->setup.rig.config->options.default_table);
    return true;
}

static bool
create_pages(struct admin_front *f)
{
    const struct serve_options *o = &f->setup.rig.config->options;
    const struct admin_setup setup = {
        .worker = f->setup.worker,
        .nworker = f->setup.nworker,
        .put = {.store = f->rig.store,
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
    const char *where = f->setup.rig.config->options.admin;
    struct listen_addr listen;
    enum rc rc;
    int fd = -1;

    if (str_eq(str_of(where), STR("off"))) {
        return RC_OK;
    }
    rc = listen_addr_parse(str_of(where), &listen, e);
    if (rc == RC_OK) {
        rc = listener_probe(&listen, &fd, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    (void)close(fd);
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
    rig_set_policy(&f->rig, policy);
}

void
admin_front_flush(struct admin_front *f)
{
    rig_turn(&f->rig, f->conns, false);
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
    rig_quiet(&f->rig);
    conn_group_destroy(&f->conns);
    net_stats_fini(&f->stats);
    http_destroy(&f->http);
    admin_destroy(&f->admin);
    desk_fini(&f->desk);
    rig_fini(&f->rig);
    free(f);
    *out = NULL;
}
