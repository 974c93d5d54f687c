/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/publish.h"

#include "batchgen/clear.h"
#include "batchgen/gc.h"
#include "batchgen/guard.h"
#include "batchgen/script.h"
#include "common/base/hash.h"
#include "common/base/number.h"
#include "common/table/keyspace.h"

#include <inttypes.h>
#include <stdio.h>

#define ANSWER_MAX 256

static enum rc
add_table_name(const struct table *t, struct err *e)
{
    char key[KEY_MAX];

    REDIS_WORDS(t->redis, STR("SADD"), key_tables(key, t->prefix),
                str_of(t->name));
    return redis_ask(t->redis, e);
}

/* The hash comes first, so that whatever else is written can be found. */
static enum rc
write_first(const struct publish *p, const char *schema_id, struct err *e)
{
    const struct table *t = p->table;
    char key[KEY_MAX];

    REDIS_WORDS(t->redis, STR("HSET"),
                key_generation(key, t->prefix, t->name, p->gen), STR("uid"),
                str_of(p->uid), STR("state"), STR("writing"), STR("schema_id"),
                str_of(schema_id));
    return redis_ask(t->redis, e);
}

enum rc
publish_begin(struct publish *p, const struct table *t, const char *schema_id,
              bool wait, struct stop *stop, struct err *e)
{
    uint64_t removed;
    enum rc rc;

    *p = (struct publish){.table = t};
    hash_random_uid(p->uid);
    rc = lease_take(&p->lease, t, p->uid, &p->gen, wait, stop, e);
    if (rc == RC_OK) {
        rc = add_table_name(t, e);
    }
    if (rc == RC_OK) {
        rc = clear_generation(t, p->gen, e);
    }
    if (rc == RC_OK) {
        rc = gc_run(t, &removed, e);
    }
    if (rc == RC_OK) {
        rc = write_first(p, schema_id, e);
    }
    return rc;
}

static enum rc
read_ready(const struct table *t, uint64_t gen, struct generation_info *g,
           struct err *e)
{
    enum rc rc = table_generation(t, gen, g, e);

    if (rc == RC_OK) {
        rc = generation_info_check(g, e);
    }
    if (rc == RC_OK && !g->ready) {
        rc = err_set(e, RC_REFUSED,
                     "generation %" PRIu64 " of '%s' is not ready: its run "
                     "did not come to an end",
                     gen, t->name);
    }
    return rc;
}

enum rc
publish_take_again(struct publish *p, const struct table *t, uint64_t gen,
                   bool wait, struct stop *stop, struct generation_info *g,
                   struct err *e)
{
    enum rc rc;

    *p = (struct publish){.table = t, .gen = gen, .ready = true};
    hash_random_uid(p->uid);
    rc = lease_take(&p->lease, t, p->uid, NULL, wait, stop, e);
    return rc == RC_OK ? read_ready(t, gen, g, e) : rc;
}

enum rc
publish_again(struct publish *p, const char *schema_id, struct err *e)
{
    enum rc rc;

    p->ready = false;
    rc = clear_generation(p->table, p->gen, e);
    return rc == RC_OK ? write_first(p, schema_id, e) : rc;
}

enum rc
publish_take(struct publish *p, const struct table *t, uint64_t gen, bool wait,
             struct stop *stop, struct generation_info *g, struct err *e)
{
    char uid[UID_SIZE];
    enum rc rc;

    *p = (struct publish){.table = t, .gen = gen, .ready = true};
    rc = table_generation(t, gen, g, e);
    if (rc != RC_OK) {
        return rc;
    }
    memcpy(uid, g->uid, sizeof(uid));
    rc = lease_take(&p->lease, t, uid, NULL, wait, stop, e);
    if (rc != RC_OK) {
        return rc;
    }
    /* Read again, now that gc spares it. */
    generation_info_fini(g);
    rc = read_ready(t, gen, g, e);
    memcpy(p->uid, g->uid, sizeof(p->uid));
    return rc;
}

struct describing {
    struct redis *redis;
    struct str key;
    enum rc rc;
    struct err *e;
};

static void
on_field(void *arg, struct str field, struct str value)
{
    struct describing *d = arg;

    if (d->rc == RC_OK) {
        REDIS_WORDS(d->redis, STR("HSET"), d->key, field, value);
        d->rc = redis_push(d->redis, d->e);
    }
}

enum rc
publish_describe(struct publish *p, const struct generation_info *g,
                 struct str model, struct str items, struct err *e)
{
    const struct table *t = p->table;
    char hash[KEY_MAX], key[KEY_MAX];
    struct describing d = {
        .redis = t->redis,
        .key = key_generation(hash, t->prefix, t->name, p->gen),
        .e = e,
    };

    p->buckets = g->buckets;
    generation_info_each(g, on_field, &d);
    if (d.rc != RC_OK) {
        return d.rc;
    }
    REDIS_WORDS(t->redis, STR("SET"),
                key_model(key, t->prefix, t->name, p->gen), model);
    d.rc = redis_push(t->redis, e);
    if (d.rc == RC_OK && items.len > 0) {
        REDIS_WORDS(t->redis, STR("SET"),
                    key_items(key, t->prefix, t->name, p->gen), items);
        d.rc = redis_push(t->redis, e);
    }
    return d.rc == RC_OK ? redis_drain(t->redis, NULL, e) : d.rc;
}

enum rc
publish_ready(struct publish *p, struct err *e)
{
    const struct table *t = p->table;
    char key[KEY_MAX];
    enum rc rc;

    REDIS_WORDS(t->redis, STR("HSET"),
                key_generation(key, t->prefix, t->name, p->gen), STR("state"),
                STR("ready"));
    rc = redis_ask(t->redis, e);
    p->ready = rc == RC_OK;
    return rc;
}

/* *live: NULL if none is live; else info, which the caller finishes. */
static enum rc
read_live(struct publish *p, struct manifest *m, struct generation_info *info,
          struct generation_info **live, struct err *e)
{
    enum rc rc = table_manifest(p->table, m, e);

    *live = NULL;
    p->seq = m->seq;
    if (rc != RC_OK || m->live == 0) {
        return rc;
    }
    rc = table_generation(p->table, m->live, info, e);
    if (rc == RC_NOT_FOUND || rc == RC_FAILED) {
        return RC_OK; /* lost or damaged: anything is better */
    }
    *live = rc == RC_OK ? info : NULL;
    return rc;
}

enum rc
publish_guard(struct publish *p, const struct generation_info *g, bool force,
              struct err *e)
{
    struct manifest m;
    struct generation_info info = {0}, *live;
    struct err why;
    enum rc rc = read_live(p, &m, &info, &live, e);

    if (rc == RC_OK && !force) {
        rc = guard_check(live, g, &why);
        if (rc == RC_OK && manifest_is_bad(&m, p->gen)) {
            rc = err_set(&why, RC_GUARD, "bad: it was rolled back from");
        }
        if (rc != RC_OK) {
            err_set(e, rc,
                    "generation %" PRIu64 " is ready but was not published: "
                    "%.600s. To publish it in spite of that: batchgen publish "
                    "%" PRIu64 " --table %s --force",
                    p->gen, why.text, p->gen, p->table->name);
        }
    }
    generation_info_fini(&info);
    return rc;
}

/* Users superseded before the previous generation was cut are in both. */
static enum rc
trim_superseded(const struct table *t, struct err *e)
{
    struct manifest m;
    struct generation_info g;
    char key[KEY_MAX], below[24];
    enum rc rc = table_manifest(t, &m, e);

    if (rc != RC_OK) {
        return rc;
    }
    rc = table_generation(t, m.previous != 0 ? m.previous : m.live, &g, e);
    if (rc != RC_OK) {
        return rc == RC_NOT_FOUND || rc == RC_FAILED ? RC_OK : rc;
    }
    snprintf(below, sizeof(below), "(%" PRIu64, g.as_of_us);
    generation_info_fini(&g);
    REDIS_WORDS(t->redis, STR("ZREMRANGEBYSCORE"),
                key_superseded(key, t->prefix, t->name), STR("-inf"),
                str_of(below));
    return redis_ask(t->redis, e);
}

/* It is live already: what fails from here on is only told. */
static void
clear_up(const struct table *t)
{
    uint64_t removed;
    struct err e;
    enum rc rc = trim_superseded(t, &e);

    if (rc == RC_OK) {
        rc = gc_run(t, &removed, &e);
    }
    if (rc != RC_OK) {
        fprintf(stderr,
                "published, but clearing up failed (%s): run batchgen "
                "gc later\n",
                e.text);
    }
}

static enum rc
commit_answer(const struct publish *p, struct str answer, struct err *e)
{
    if (str_eq(answer, STR("ok"))) {
        return RC_OK;
    }
    return err_set(e, RC_CONFLICT,
                   "%s: generation %" PRIu64 " is ready and was not published; "
                   "to publish it: batchgen publish %" PRIu64 " --table %s",
                   str_eq(answer, STR("lost"))
                       ? "the lease ran out before commit"
                       : "the live generation changed meanwhile",
                   p->gen, p->gen, p->table->name);
}

enum rc
publish_check(struct publish *p, struct err *e)
{
    struct manifest m;
    enum rc rc = table_manifest(p->table, &m, e);

    if (rc != RC_OK) {
        return rc;
    }
    p->commit = p->asked && strcmp(m.live_uid, p->uid) == 0;
    return p->commit ? RC_OK : lease_renew(p->lease, p->table, e);
}

enum rc
publish_commit(struct publish *p, struct err *e)
{
    char seq[20], gen[20];
    struct buf answer;
    enum rc rc;

    if (p->commit) {
        clear_up(p->table);
        return RC_OK;
    }
    p->asked = true;
    buf_init(&answer, ANSWER_MAX);
    rc = script_run(
        p->table, script_commit,
        SCRIPT_ARGS(lease_writer(p->lease),
                    ((struct str){seq, number_format_u64(p->seq, seq)}),
                    ((struct str){gen, number_format_u64(p->gen, gen)}),
                    str_of(p->uid)),
        &answer, e);
    if (rc == RC_OK) {
        rc = commit_answer(p, buf_view(&answer), e);
    }
    buf_fini(&answer);
    if (rc == RC_OK) {
        clear_up(p->table);
    }
    return rc;
}

/*
 * The hash is written once more before all goes: if we slept through our
 * lease, another run's gc may have removed it and we wrote on.
 */
static enum rc
abort_writing(const struct publish *p, const struct table *t)
{
    char key[KEY_MAX];
    uint64_t removed;

    if (p->buckets > 0) {
        redis_begin(t->redis, 4);
        redis_word(t->redis, STR("HSET"));
        redis_word(t->redis, key_generation(key, t->prefix, t->name, p->gen));
        redis_word(t->redis, STR("buckets"));
        redis_number(t->redis, p->buckets);
        if (redis_ask(t->redis, NULL) == RC_UNAVAIL) {
            return gc_run(t, &removed, NULL); /* no memory, but it is there */
        }
    }
    return gc_run(t, &removed, NULL) == RC_OK
               ? clear_generation(t, p->gen, NULL)
               : RC_FAILED;
}

void
publish_end(struct publish *p)
{
    struct table t;

    if (p->lease == NULL) {
        return;
    }
    t = *p->table;
    if (redis_open(&t.redis, redis_topology(p->table->redis), NULL) != RC_OK) {
        lease_give(&p->lease, NULL);
        return;
    }
    lease_give(&p->lease, &t);
    if (!p->ready && abort_writing(p, &t) != RC_OK) {
        fprintf(stderr,
                "generation %" PRIu64 " could not be cleared up: the "
                "next run or batchgen gc will\n",
                p->gen);
    }
    redis_close(&t.redis);
}
