/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/watch_impl.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "lookup/store/resolver.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>

struct watch *
watch_create(const struct topology *topology, const char *prefix)
{
    struct watch *w = calloc(1, sizeof(*w));

    if (w == NULL) {
        return NULL;
    }
    w->topology = *topology;
    w->prefix = prefix;
    if (topology_is_named(topology)) {
        w->resolver = resolver_create(topology->host);
        w->topology.host[0] = '\0';
    }
    if (topology_is_named(topology) && w->resolver == NULL) {
        watch_destroy(&w);
    }
    return w;
}

void
watch_disconnect(struct watch *w)
{
    if (w->c != NULL) {
        redisFree(w->c);
        w->c = NULL;
    }
}

void
watch_destroy(struct watch **w)
{
    if (w == NULL || *w == NULL) {
        return;
    }
    watch_disconnect(*w);
    resolver_destroy(&(*w)->resolver);
    free((*w)->table);
    free(*w);
    *w = NULL;
}

static enum rc
find(struct watch *w, struct err *e)
{
    uint64_t deadline_ns = clock_mono_ns() + WATCH_TIMEOUT_MS * 1000000ull;

    if (w->resolver == NULL) {
        return RC_OK;
    }
    enum rc rc = resolver_ask(w->resolver, deadline_ns, w->topology.host, e);

    return rc == RC_OK ? RC_OK : RC_UNAVAIL; /* it may be found later */
}

enum rc
watch_connected(struct watch *w, struct err *e)
{
    if (w->c != NULL) {
        return RC_OK;
    }
    enum rc rc = find(w, e);

    if (rc == RC_OK) {
        rc = topology_connect(&w->topology, WATCH_TIMEOUT_MS, &w->c, e);
    }
    w->connects += rc == RC_OK;
    return rc == RC_REFUSED ? RC_UNAVAIL : rc; /* it may be let in later */
}

uint64_t
watch_connects(const struct watch *w)
{
    return w->connects;
}

const char *
watch_address(const struct watch *w)
{
    return w->resolver != NULL ? w->topology.host : "";
}

static enum rc
lost(struct watch *w, struct err *e)
{
    char name[300];
    enum rc rc = err_set(e, RC_UNAVAIL, "redis at %s: %s",
                         topology_name(&w->topology, name),
                         w->c->errstr[0] ? w->c->errstr : "no answer");

    watch_disconnect(w);
    return rc;
}

void
watch_append(struct watch *w, size_t argc, const struct str *arg)
{
    const char *p[WATCH_WORDS_MAX];
    size_t len[WATCH_WORDS_MAX];

    CHECK(argc <= WATCH_WORDS_MAX);
    for (size_t i = 0; i < argc; i++) {
        p[i] = arg[i].p;
        len[i] = arg[i].len;
    }
    CHECK(redisAppendCommandArgv(w->c, (int)argc, p, len) == REDIS_OK);
}

enum rc
watch_next(struct watch *w, redisReply **r, struct err *e)
{
    void *reply = NULL;

    if (redisGetReply(w->c, &reply) != REDIS_OK) {
        return lost(w, e);
    }
    *r = reply;
    if ((*r)->type == REDIS_REPLY_ERROR) {
        enum rc rc = err_set(e, RC_UNAVAIL, "redis says '%s'", (*r)->str);

        freeReplyObject(*r);
        *r = NULL;
        watch_disconnect(w); /* what else is in the pipeline is not wanted */
        return rc;
    }
    return RC_OK;
}

enum rc
watch_ask(struct watch *w, size_t argc, const struct str *arg, redisReply **r,
          struct err *e)
{
    enum rc rc = watch_connected(w, e);

    if (rc == RC_OK) {
        watch_append(w, argc, arg);
        rc = watch_next(w, r, e);
    }
    return rc;
}

struct str
watch_text(const redisReply *r)
{
    return r->type == REDIS_REPLY_STRING ? (struct str){r->str, (size_t)r->len}
                                         : (struct str){NULL, 0};
}
