/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/shelf.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/table/sealed.h"
#include "common/table/snapshot.h"
#include "lookup/core/generation_sealed.h"
#include "lookup/shelf_names.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Files are written whole or not at all (sealed.h), under names that say what
 * is in them; a generation's never change. So nothing here is locked: servers
 * that share the directory can at worst write the same file twice. A file that
 * is no good is removed where it is met, and made anew from Redis.
 */

struct shelf {
    struct shelf_names names;
};

/* Called with each name in the directory. */
typedef void (*name_fn)(const struct shelf *s, const char *name, void *arg);

static void
each_name(const struct shelf *s, name_fn fn, void *arg)
{
    DIR *dir = opendir(s->names.dir);
    const struct dirent *entry;

    if (dir == NULL) {
        log_warn("%s: %s", s->names.dir, strerror(errno));
        return;
    }
    while ((entry = readdir(dir)) != NULL) {
        fn(s, entry->d_name, arg);
    }
    closedir(dir);
}

static void
clear_temporary(const struct shelf *s, const char *name, void *arg)
{
    char path[SHELF_PATH_SIZE];

    (void)arg;
    if (str_ends(str_of(name), STR(SEALED_TEMPORARY)) &&
        str_starts(str_of(name), str_of(s->names.prefix))) {
        sealed_clear(shelf_names_path(&s->names, name, path));
    }
}

enum rc
shelf_create(struct shelf **out, const char *dir, const char *prefix,
             const char *store, struct err *e)
{
    struct shelf *s = calloc(1, sizeof(*s));

    if (s == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    if (shelf_names_init(&s->names, dir, prefix, store) != RC_OK) {
        free(s);
        return err_set(e, RC_IO, "--snapshot-dir: no such path can be made");
    }
    if ((mkdir(dir, 0700) != 0 && errno != EEXIST) ||
        access(dir, R_OK | W_OK | X_OK) != 0) {
        free(s);
        return err_set(e, RC_IO, "--snapshot-dir %s: %s", dir, strerror(errno));
    }
    each_name(s, clear_temporary, NULL);
    *out = s;
    return RC_OK;
}

void
shelf_destroy(struct shelf **s)
{
    free(*s);
    *s = NULL;
}

/* A file that is no good is in the way of a good one. */
static void
discard(const char *path, const char *why, const char *remedy)
{
    log_warn("%s; it is removed: %s", why, remedy);
    if (unlink(path) != 0 && errno != ENOENT) {
        log_warn("%s: %s", path, strerror(errno));
    }
}

enum rc
shelf_load(const struct shelf *s, const char *table, const char *uid,
           uint64_t number, struct queue *graveyard, struct generation **out,
           struct err *e)
{
    char path[SHELF_PATH_SIZE];
    uint64_t begin_ns = clock_mono_ns();
    enum rc rc = generation_unseal(
        out, shelf_names_snapshot(&s->names, table, uid, path), uid, number,
        graveyard, e);

    if (rc == RC_NOT_FOUND || rc == RC_NOMEM) {
        return rc;
    }
    if (rc != RC_OK) {
        discard(path, e->text,
                "the generation is read from Redis and kept anew");
        return RC_NOT_FOUND;
    }
    log_info("table %s: generation %" PRIu64 " read from %s in %" PRIu64
             " ms: %" PRIu64 " users",
             table, number, path, (clock_mono_ns() - begin_ns) / 1000000,
             snapshot_users(generation_snapshot(*out)));
    return RC_OK;
}

enum rc
shelf_keep(const struct shelf *s, const char *table, const struct generation *g,
           struct err *e)
{
    char path[SHELF_PATH_SIZE];

    if (access(shelf_names_snapshot(&s->names, table, g->info.uid, path),
               F_OK) == 0) {
        return RC_OK;
    }
    enum rc rc = generation_seal(g, path, e);

    if (rc == RC_OK) {
        log_info("table %s: generation %" PRIu64 " is kept in %s", table,
                 g->number, path);
    }
    return rc;
}

enum rc
shelf_remember(const struct shelf *s, const char *table,
               const struct shelf_manifest *m, struct err *e)
{
    char path[SHELF_PATH_SIZE];

    return shelf_manifest_write(m, shelf_names_manifest(&s->names, table, path),
                                e);
}

struct recalling {
    shelf_manifest_fn fn;
    void *arg;
};

static void
recall(const struct shelf *s, const char *name, void *arg)
{
    const struct recalling *r = arg;
    struct str inner = shelf_names_inner(&s->names, name, s->names.manifest);
    struct shelf_manifest m;
    char table[TABLE_MAX + 1], path[SHELF_PATH_SIZE];
    struct err e;

    if (inner.p == NULL || !keyspace_table_ok(inner) ||
        !str_copy(inner, table, sizeof(table))) {
        return;
    }
    enum rc rc = shelf_manifest_read(
        &m, shelf_names_manifest(&s->names, table, path), &e);

    if (rc == RC_OK) {
        r->fn(r->arg, table, &m);
    } else if (rc == RC_NOMEM) {
        log_warn("%s", e.text);
    } else {
        discard(path, e.text, "the table is served once Redis is reached");
    }
}

void
shelf_recall(const struct shelf *s, shelf_manifest_fn fn, void *arg)
{
    struct recalling r = {fn, arg};

    each_name(s, recall, &r);
}

struct trimming {
    const char *table;
    const char (*uid)[UID_SIZE];
    size_t n;
};

static void
trim(const struct shelf *s, const char *name, void *arg)
{
    const struct trimming *t = arg;
    struct str uid = shelf_names_inner(&s->names, name, s->names.snapshot);
    struct str table = str_cut(&uid, ':');
    char path[SHELF_PATH_SIZE];
    bool wanted = uid.p == NULL || !str_eq(table, str_of(t->table));

    for (size_t i = 0; i < t->n; i++) {
        wanted = wanted || str_eq(uid, str_of(t->uid[i]));
    }
    if (!wanted) {
        if (unlink(shelf_names_path(&s->names, name, path)) == 0) {
            log_info("%s is not needed any more", path);
        }
    }
}

void
shelf_trim(const struct shelf *s, const char *table,
           const char (*uid)[UID_SIZE], size_t n)
{
    struct trimming t = {table, uid, n};

    each_name(s, trim, &t);
}

void
shelf_forget(const struct shelf *s, const char *table)
{
    char path[SHELF_PATH_SIZE];

    /* First: without it no generation is served. */
    (void)unlink(shelf_names_manifest(&s->names, table, path));
    shelf_trim(s, table, NULL, 0);
}
