/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A poll is one pipeline: SMEMBERS of the set of tables, HGETALL of each
 * manifest known so far; manifests of tables just found follow in a second one.
 */
#include "lookup/store/watch_impl.h"

#include "common/base/check.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>

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
