/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ready generation that is to go first loses its state, then the manifest is
 * read again. A publish takes its lease before it looks at the state, so one
 * of the two always sees the other: either the publish finds no state and
 * refuses, or we find its lease and give the state back. Removing a field is
 * what even a Redis out of memory does.
 */
#include "batchgen/gc.h"

#include "batchgen/clear.h"
#include "batchgen/script.h"
#include "common/base/number.h"
#include "common/table/keyspace.h"

#include <stdlib.h>
#include <string.h>

#define LEFT_MS    60000
#define SLICE      512
#define ANSWER_MAX 64

struct found {
    uint64_t gen;
    bool ready;
    bool whole; /* ready, or it was and is being appended to */
    char uid[UID_SIZE];
    char schema_id[17];
};

struct gc {
    const struct table *table;
    struct manifest manifest;
    uint64_t now_ms;
    struct found *found;
    size_t n, cap;
};

static enum rc
each_in_slice(const struct table *t, uint64_t from, uint64_t to,
              gc_generation_fn fn, void *arg, struct err *e)
{
    enum rc rc = RC_OK;

    for (uint64_t gen = from; rc == RC_OK && gen < to; gen++) {
        struct generation_info info;
        struct err damage;

        rc = table_generation_found(t, gen, &info, &damage, e);
        if (rc == RC_OK) {
            rc = fn(arg, gen, &info, e);
            generation_info_fini(&info);
        } else if (rc == RC_NOT_FOUND) {
            rc = RC_OK;
        }
    }
    return rc;
}

enum rc
gc_each_generation(const struct table *t, uint64_t last, gc_generation_fn fn,
                   void *arg, struct err *e)
{
    enum rc rc = RC_OK;

    for (uint64_t at = 1; rc == RC_OK && at <= last; at += SLICE) {
        uint64_t end = last - at < SLICE ? last + 1 : at + SLICE;
        uint64_t alive = 0;

        for (uint64_t gen = at; rc == RC_OK && gen < end; gen++) {
            char key[KEY_MAX];

            REDIS_WORDS(t->redis, STR("EXISTS"),
                        key_generation(key, t->prefix, t->name, gen));
            rc = redis_push(t->redis, e);
        }
        if (rc == RC_OK) {
            rc = redis_drain(t->redis, &alive, e);
        }
        if (rc == RC_OK && alive > 0) {
            rc = each_in_slice(t, at, end, fn, arg, e);
        }
    }
    return rc;
}

static enum rc
on_generation(void *arg, uint64_t gen, const struct generation_info *g,
              struct err *e)
{
    struct gc *gc = arg;
    struct found *f;

    if (gc->n == gc->cap) {
        size_t cap = gc->cap == 0 ? 16 : 2 * gc->cap;
        struct found *more = realloc(gc->found, cap * sizeof(*more));

        if (more == NULL) {
            return err_set(e, RC_NOMEM, "out of memory");
        }
        gc->found = more;
        gc->cap = cap;
    }
    f = &gc->found[gc->n++];
    *f = (struct found){.gen = gen};
    f->ready = g->ready && generation_info_check(g, NULL) == RC_OK;
    f->whole = f->ready || generation_info_is_appending(g);
    memcpy(f->uid, g->uid, sizeof(f->uid));
    memcpy(f->schema_id, g->schema_id, sizeof(f->schema_id));
    return RC_OK;
}

static enum rc
read_state(struct gc *gc, struct err *e)
{
    uint64_t now_us = 0;
    enum rc rc = table_manifest(gc->table, &gc->manifest, e);

    if (rc == RC_OK) {
        rc = table_now_us(gc->table, &now_us, e);
    }
    gc->now_ms = now_us / 1000;
    return rc;
}

/* The writer is "host:pid:uid", the uid that of its generation. */
static bool
is_held(const struct gc *gc, const struct found *f)
{
    return gc->manifest.writer_until_ms > gc->now_ms && f->uid[0] != '\0' &&
           str_ends(str_of(gc->manifest.writer), str_of(f->uid));
}

static bool
is_wanted(const struct gc *gc, const struct found *f)
{
    const struct manifest *m = &gc->manifest;
    uint64_t left_ms = manifest_left_ms(m, f->gen);

    if (f->gen == m->live || f->gen == m->previous || is_held(gc, f)) {
        return true;
    }
    if (left_ms != 0 && gc->now_ms < left_ms + LEFT_MS) {
        return true;
    }
    return f->whole && f->gen > m->live && !manifest_is_bad(m, f->gen);
}

static bool
is_schema_wanted(const struct gc *gc, const char *schema_id)
{
    for (size_t i = 0; i < gc->n; i++) {
        if (is_wanted(gc, &gc->found[i]) &&
            strcmp(gc->found[i].schema_id, schema_id) == 0) {
            return true;
        }
    }
    return false;
}

static enum rc
take_state(const struct gc *gc, uint64_t gen, struct err *e)
{
    const struct table *t = gc->table;
    char key[KEY_MAX];

    REDIS_WORDS(t->redis, STR("HDEL"),
                key_generation(key, t->prefix, t->name, gen), STR("state"));
    return redis_ask(t->redis, e);
}

static enum rc
give_state_back(const struct gc *gc, uint64_t gen, struct err *e)
{
    const struct table *t = gc->table;
    char key[KEY_MAX];

    REDIS_WORDS(t->redis, STR("HSET"),
                key_generation(key, t->prefix, t->name, gen), STR("state"),
                STR("ready"));
    return redis_ask(t->redis, e);
}

static enum rc
forget(const struct gc *gc, uint64_t gen, struct err *e)
{
    char number[20];
    struct str text = {number, number_format_u64(gen, number)};
    struct buf answer;
    enum rc rc;

    buf_init(&answer, ANSWER_MAX);
    rc = script_run(gc->table, script_forget, SCRIPT_ARGS(text), &answer, e);
    buf_fini(&answer);
    return rc;
}

static enum rc
remove_one(struct gc *gc, const struct found *f, uint64_t *removed,
           struct err *e)
{
    enum rc rc = f->ready ? take_state(gc, f->gen, e) : RC_OK;

    if (rc == RC_OK) {
        rc = read_state(gc, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    if (is_wanted(gc, f)) {
        return f->ready ? give_state_back(gc, f->gen, e) : RC_OK;
    }
    if (f->schema_id[0] != '\0' && !is_schema_wanted(gc, f->schema_id)) {
        rc = clear_features(gc->table, f->schema_id, e);
    }
    if (rc == RC_OK) {
        rc = clear_generation(gc->table, f->gen, e);
    }
    if (rc == RC_OK) {
        rc = forget(gc, f->gen, e);
    }
    *removed += rc == RC_OK ? 1 : 0;
    return rc;
}

enum rc
gc_run(const struct table *t, uint64_t *removed, struct err *e)
{
    struct gc gc = {.table = t};
    enum rc rc = read_state(&gc, e);

    *removed = 0;
    if (rc == RC_OK) {
        rc = gc_each_generation(t, gc.manifest.last, on_generation, &gc, e);
    }
    for (size_t i = 0; rc == RC_OK && i < gc.n; i++) {
        if (!is_wanted(&gc, &gc.found[i])) {
            rc = remove_one(&gc, &gc.found[i], removed, e);
        }
    }
    free(gc.found);
    return rc;
}
