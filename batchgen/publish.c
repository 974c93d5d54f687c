/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/publish.h"

#include "batchgen/clear.h"
#include "batchgen/gc.h"
#include "common/table/keyspace.h"

#include <inttypes.h>
#include <stdio.h>

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
