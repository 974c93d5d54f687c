/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/publish.h"

#include "batchgen/clear.h"
#include "batchgen/gc.h"
#include "common/base/clock.h"
#include "common/table/keyspace.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

/* Servers look at the manifest every 25 ms. */
#define SEEN_NS 100000000ull

/* The fields of a generation as words of one command. */
struct describing {
    struct redis *redis; /* NULL: they are only counted */
    size_t n;
};

static void
on_field(void *arg, struct str field, struct str value)
{
    struct describing *d = arg;

    d->n++;
    if (d->redis != NULL) {
        redis_word(d->redis, field);
        redis_word(d->redis, value);
    }
}

static void
say_fields(const struct publish *p, const struct generation_info *g,
           struct str state)
{
    const struct table *t = p->table;
    struct describing d = {NULL, 0};
    char key[KEY_MAX];

    generation_info_each(g, on_field, &d);
    redis_begin(t->redis, 4 + 2 * d.n);
    redis_word(t->redis, STR("HSET"));
    redis_word(t->redis, key_generation(key, t->prefix, t->name, p->gen));
    redis_word(t->redis, STR("state"));
    redis_word(t->redis, state);
    d.redis = t->redis;
    generation_info_each(g, on_field, &d);
}

/* Only `last` proves that a number was never taken, and it may be lost. */
static void
let_be_seen(const struct publish *p)
{
    uint64_t now = clock_mono_ns(), seen = p->begun_ns + SEEN_NS;

    if (p->gen == 1 && now < seen) {
        poll(NULL, 0, (int)((seen - now) / 1000000) + 1);
    }
}

enum rc
publish_describe(struct publish *p, const struct generation_info *g,
                 struct str model, struct str items, struct err *e)
{
    const struct table *t = p->table;
    char key[KEY_MAX];
    enum rc rc;

    p->buckets = g->buckets;
    say_fields(p, g, STR("writing"));
    rc = redis_push(t->redis, e);
    if (rc != RC_OK) {
        return rc;
    }
    REDIS_WORDS(t->redis, STR("SET"),
                key_model(key, t->prefix, t->name, p->gen), model);
    rc = redis_push(t->redis, e);
    if (rc == RC_OK && items.len > 0) {
        REDIS_WORDS(t->redis, STR("SET"),
                    key_items(key, t->prefix, t->name, p->gen), items);
        rc = redis_push(t->redis, e);
    }
    if (rc == RC_OK) {
        rc = redis_drain(t->redis, NULL, e);
    }
    if (rc == RC_OK) {
        let_be_seen(p);
    }
    return rc;
}

enum rc
publish_append(struct publish *p, const struct generation_info *was,
               const char *rows_hash, struct err *e)
{
    const struct table *t = p->table;
    char key[KEY_MAX];

    if (generation_info_is_appending(was) &&
        strcmp(was->appending, rows_hash) != 0) {
        return err_set(e, RC_REFUSED,
                       "a run that appended other rows to generation %" PRIu64
                       " of '%s' did not come to its end: append those first",
                       p->gen, t->name);
    }
    p->ready = false;
    p->adding = true;
    p->buckets = was->buckets;
    REDIS_WORDS(t->redis, STR("HSET"),
                key_generation(key, t->prefix, t->name, p->gen), STR("uid"),
                str_of(p->uid), STR("state"), STR("writing"), STR("appending"),
                str_of(rows_hash));
    return redis_ask(t->redis, e);
}

enum rc
publish_complete(struct publish *p, const struct generation_info *g,
                 struct err *e)
{
    enum rc rc = lease_renew(p->lease, p->table, e);

    if (rc == RC_OK) {
        say_fields(p, g, STR("ready"));
        rc = redis_ask(p->table->redis, e);
    }
    p->ready = rc == RC_OK;
    return rc;
}

enum rc
publish_ready(struct publish *p, struct err *e)
{
    const struct table *t = p->table;
    char key[KEY_MAX];
    enum rc rc = lease_renew(p->lease, t, e);

    if (rc == RC_OK) {
        REDIS_WORDS(t->redis, STR("HSET"),
                    key_generation(key, t->prefix, t->name, p->gen),
                    STR("state"), STR("ready"));
        rc = redis_ask(t->redis, e);
    }
    p->ready = rc == RC_OK;
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

/* What we append to may have been dropped while we wrote: then only what we
   say of it is there. */
static bool
is_there(const struct publish *p, const struct table *t)
{
    char key[KEY_MAX];
    uint64_t found = 0;

    REDIS_WORDS(t->redis, STR("HEXISTS"),
                key_generation(key, t->prefix, t->name, p->gen), STR("format"));
    return redis_push(t->redis, NULL) == RC_OK &&
           redis_drain(t->redis, &found, NULL) == RC_OK && found > 0;
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
    if (!p->ready && !(p->adding && is_there(p, &t)) &&
        abort_writing(p, &t) != RC_OK) {
        fprintf(stderr,
                "generation %" PRIu64 " could not be cleared up: the "
                "next run or batchgen gc will\n",
                p->gen);
    }
    redis_close(&t.redis);
}
