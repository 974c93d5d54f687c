/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/admin_front.h"

#include "common/base/log.h"
#include "lookup/net/http.h"
#include "lookup/store/store_none.h"
#include "lookup/store/store_redis.h"

#include <stdlib.h>

#define ADMIN_CONNS 256

struct admin_front {
    struct store *store;
    struct admin *admin;
    struct http *http;
    struct conn_group *conns;
    struct conn_options conn_options;
    struct listener *listener;
    struct net_stats stats;
};

static bool
create_parts(struct admin_front *f, struct event_base *base,
             const struct config *config, struct worker *const *workers,
             size_t nworker)
{
    const struct serve_options *o = &config->options;

    f->conn_options = conn_options_default;
    f->conn_options.max_conns = ADMIN_CONNS;
    f->store = o->model != NULL ? store_none_create()
                                : store_redis_create(base, &config->topology);
    f->conns = conn_group_create(base, &f->conn_options, &f->stats);
    if (f->store == NULL || f->conns == NULL) {
        return false;
    }
    const struct native_put put = {
        .store = f->store,
        .prefix = o->prefix,
        .timeout_ns = o->timeout_ms * 1000000,
    };

    f->admin = admin_create(workers, nworker, &put);
    f->http = f->admin == NULL ? NULL
                               : http_create(&http_limits_default, admin_handle,
                                             f->admin, &f->stats);
    return f->http != NULL;
}

enum rc
admin_front_create(struct admin_front **out, struct event_base *base,
                   const struct config *config, struct worker *const *workers,
                   size_t nworker, struct err *e)
{
    struct listen_addr listen;
    struct admin_front *f;
    enum rc rc = listen_addr_parse(str_of(config->options.admin), &listen, e);

    if (rc == RC_OK) {
        rc = listener_probe(&listen, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    f = calloc(1, sizeof(*f));
    if (f == NULL || !create_parts(f, base, config, workers, nworker)) {
        admin_front_destroy(&f);
        return err_set(e, RC_NOMEM, "out of memory or descriptors");
    }
    f->listener = listener_create(&listen, base, f->conns, &proto_http, f->http,
                                  &f->stats, e);
    if (f->listener == NULL) {
        admin_front_destroy(&f);
        return RC_IO;
    }
    log_info("admin on %s", listen.text);
    *out = f;
    return RC_OK;
}

struct admin *
admin_front_admin(struct admin_front *f)
{
    return f->admin;
}

void
admin_front_flush(struct admin_front *f)
{
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
    listener_destroy(&f->listener);
    store_destroy(&f->store);
    conn_group_destroy(&f->conns);
    http_destroy(&f->http);
    admin_destroy(&f->admin);
    free(f);
    *out = NULL;
}
