/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/watch_impl.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "common/base/number.h"
#include "lookup/store/resolver.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>

/*
 * A poll is one pipeline: SMEMBERS of the set of tables, HGETALL of each
 * manifest known so far; manifests of tables just found follow in a second one.
 */

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

static struct watch_table *
find_table(struct watch *w, struct str name)
{
    for (size_t i = 0; i < w->n; i++) {
        if (str_eq(str_of(w->table[i].name), name)) {
            return &w->table[i];
        }
    }
    return NULL;
}

static enum rc
add_table(struct watch *w, struct str name, struct err *e)
{
    if (w->n == w->room) {
        size_t room = w->room == 0 ? 8 : w->room * 2;
        struct watch_table *t = realloc(w->table, room * sizeof(*t));

        if (t == NULL) {
            return err_set(e, RC_NOMEM, "out of memory");
        }
        w->table = t;
        w->room = room;
    }
    struct watch_table *t = &w->table[w->n++];

    memset(t, 0, sizeof(*t));
    CHECK(str_copy(name, t->name, sizeof(t->name)));
    return RC_OK;
}

/* Take the set of tables over: marks what is listed, adds what is new. */
static enum rc
read_set(struct watch *w, const redisReply *r, struct err *e)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < w->n; i++) {
        w->table[i].listed = false;
    }
    for (size_t i = 0; i < r->elements && rc == RC_OK; i++) {
        struct str name = watch_text(r->element[i]);
        struct watch_table *t = find_table(w, name);

        if (t != NULL) {
            t->listed = true;
        } else if (keyspace_table_ok(name)) {
            rc = add_table(w, name, e);
            if (rc == RC_OK) {
                w->table[w->n - 1].listed = true;
            }
        }
    }
    return rc;
}

static void
read_manifest(struct watch_table *t, const redisReply *r)
{
    enum rc rc = RC_OK;

    t->present = r->elements >= 2;
    t->problem.text[0] = '\0';
    memset(&t->manifest, 0, sizeof(t->manifest));
    for (size_t i = 0; i + 1 < r->elements && rc == RC_OK; i += 2) {
        rc = manifest_set(&t->manifest, watch_text(r->element[i]),
                          watch_text(r->element[i + 1]), &t->problem);
    }
}

static void
append_manifest(struct watch *w, const char *table)
{
    char key[KEY_MAX];
    struct str arg[] = {STR("HGETALL"), key_manifest(key, w->prefix, table)};

    watch_append(w, 2, arg);
}

/* Manifests of the tables from `first` on, asked for already. */
static enum rc
receive_manifests(struct watch *w, size_t first, size_t end, struct err *e)
{
    enum rc rc = RC_OK;

    for (size_t i = first; i < end && rc == RC_OK; i++) {
        redisReply *r;

        rc = watch_next(w, &r, e);
        if (rc == RC_OK) {
            read_manifest(&w->table[i], r);
            freeReplyObject(r);
        }
    }
    return rc;
}

enum rc
watch_poll(struct watch *w, const struct watch_table **table, size_t *n,
           struct err *e)
{
    char key[KEY_MAX];
    struct str set[] = {STR("SMEMBERS"), key_tables(key, w->prefix)};
    size_t known = w->n;
    redisReply *r;
    enum rc rc = watch_connected(w, e);

    if (rc != RC_OK) {
        return rc;
    }
    watch_append(w, 2, set);
    for (size_t i = 0; i < known; i++) {
        append_manifest(w, w->table[i].name);
    }
    rc = watch_next(w, &r, e);
    if (rc == RC_OK) {
        rc = read_set(w, r, e);
        freeReplyObject(r);
    }
    if (rc == RC_OK) {
        rc = receive_manifests(w, 0, known, e);
    }
    if (rc == RC_OK && w->n > known) {
        for (size_t i = known; i < w->n; i++) {
            append_manifest(w, w->table[i].name);
        }
        rc = receive_manifests(w, known, w->n, e);
    }
    if (rc != RC_OK) {
        watch_disconnect(w); /* replies may be left in the pipeline */
    }
    *table = w->table;
    *n = w->n;
    return rc;
}

enum rc
watch_expect(struct watch *w, const char *table)
{
    return add_table(w, str_of(table), NULL);
}

void
watch_forget(struct watch *w, const char *table)
{
    struct watch_table *t = find_table(w, str_of(table));

    if (t != NULL) {
        *t = w->table[--w->n];
    }
}
