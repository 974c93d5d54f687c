/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name is taken apart from its end: the place and what it is, then at the
 * colons, which prefixes and tables do not have.
 */
#include "lookup/shelf.h"

#include "common/base/clock.h"
#include "common/base/hash.h"
#include "common/base/log.h"
#include "common/base/number.h"
#include "common/table/fields.h"
#include "common/table/keyspace.h"
#include "common/table/sealed.h"
#include "common/table/snapshot.h"
#include "lookup/core/generation_sealed.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_ROOM  3072
#define PATH_ROOM 4096
#define ENDING    40          /* ".<place>.snapshot" */
#define MANIFEST  0x4d000001u /* the kind of file, its format in it */
#define PARTS     1

struct shelf {
    char dir[DIR_ROOM];
    char prefix[PREFIX_MAX + 1];
    char snapshot[ENDING]; /* how names end */
    char manifest[ENDING];
};

static const char *
snapshot_path(const struct shelf *s, const char *table, const char *uid,
              char out[PATH_ROOM])
{
    snprintf(out, PATH_ROOM, "%s/%s:%s:%s%s", s->dir, s->prefix, table, uid,
             s->snapshot);
    return out;
}

static const char *
manifest_path(const struct shelf *s, const char *table, char out[PATH_ROOM])
{
    snprintf(out, PATH_ROOM, "%s/%s:%s%s", s->dir, s->prefix, table,
             s->manifest);
    return out;
}

/* What a name of ours has between "<prefix>:" and an ending; or p is NULL. */
static struct str
inner_name(const struct shelf *s, const char *name, const char *ending)
{
    struct str rest = str_of(name);
    struct str prefix = str_cut(&rest, ':');
    struct str end = str_of(ending);

    if (rest.p == NULL || !str_eq(prefix, str_of(s->prefix)) ||
        !str_ends(rest, end)) {
        return (struct str){NULL, 0};
    }
    return (struct str){rest.p, rest.len - end.len};
}

/* Called with each name in the directory. */
typedef void (*name_fn)(const struct shelf *s, const char *name, void *arg);

static void
each_name(const struct shelf *s, name_fn fn, void *arg)
{
    DIR *dir = opendir(s->dir);
    const struct dirent *entry;

    if (dir == NULL) {
        log_warn("%s: %s", s->dir, strerror(errno));
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
    char path[PATH_ROOM];

    (void)arg;
    if (str_ends(str_of(name), STR(SEALED_TEMPORARY)) &&
        str_starts(str_of(name), str_of(s->prefix))) {
        snprintf(path, sizeof(path), "%s/%s", s->dir, name);
        sealed_clear(path);
    }
}

enum rc
shelf_create(struct shelf **out, const char *dir, const char *prefix,
             const char *store, struct err *e)
{
    struct shelf *s = calloc(1, sizeof(*s));
    uint64_t place = hash_key(str_of(store));

    if (s == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    snprintf(s->prefix, sizeof(s->prefix), "%s", prefix);
    snprintf(s->snapshot, ENDING, ".%016" PRIx64 ".snapshot", place);
    snprintf(s->manifest, ENDING, ".%016" PRIx64 ".manifest", place);
    if (!str_copy(str_of(dir), s->dir, sizeof(s->dir)) || dir[0] == '\0') {
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
    char path[PATH_ROOM];
    uint64_t begin_ns = clock_mono_ns();
    enum rc rc = generation_unseal(out, snapshot_path(s, table, uid, path), uid,
                                   number, graveyard, e);

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
    char path[PATH_ROOM];

    if (access(snapshot_path(s, table, g->info.uid, path), F_OK) == 0) {
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
    char path[PATH_ROOM], number[20];
    struct buf fields;
    struct str part;
    enum rc rc;

    buf_init(&fields, PATH_ROOM);
    fields_put(&fields, STR("live"),
               (struct str){number, number_format_u64(m->live, number)});
    fields_put(&fields, STR("seq"),
               (struct str){number, number_format_u64(m->seq, number)});
    fields_put(&fields, STR("live_uid"), str_of(m->live_uid));
    part = buf_view(&fields);
    rc = buf_failed(&fields) ? err_set(e, RC_NOMEM, "out of memory")
                             : sealed_write(manifest_path(s, table, path),
                                            MANIFEST, &part, PARTS, e);
    buf_fini(&fields);
    return rc;
}

static enum rc
set_field(void *manifest, struct str name, struct str value, struct err *e)
{
    return manifest_set(manifest, name, value, e);
}

static enum rc
read_manifest(const char *path, struct shelf_manifest *out, struct err *e)
{
    struct manifest *m = calloc(1, sizeof(*m));
    struct sealed *s = NULL;
    enum rc rc = m == NULL ? err_set(e, RC_NOMEM, "out of memory")
                           : sealed_open(&s, path, MANIFEST, PARTS, e);

    if (rc == RC_OK) {
        rc = fields_each(sealed_part(s, 0), set_field, m, e);
    }
    if (rc == RC_OK) {
        *out = (struct shelf_manifest){.seq = m->seq, .live = m->live};
        memcpy(out->live_uid, m->live_uid, sizeof(out->live_uid));
    }
    sealed_close(&s);
    free(m);
    return rc;
}

struct recalling {
    shelf_manifest_fn fn;
    void *arg;
};

static void
recall(const struct shelf *s, const char *name, void *arg)
{
    const struct recalling *r = arg;
    struct str inner = inner_name(s, name, s->manifest);
    struct shelf_manifest m;
    char table[TABLE_MAX + 1], path[PATH_ROOM];
    struct err e;

    if (inner.p == NULL || !keyspace_table_ok(inner) ||
        !str_copy(inner, table, sizeof(table))) {
        return;
    }
    if (read_manifest(manifest_path(s, table, path), &m, &e) == RC_OK) {
        r->fn(r->arg, table, &m);
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
    struct str uid = inner_name(s, name, s->snapshot);
    struct str table = str_cut(&uid, ':');
    char path[PATH_ROOM];
    bool wanted = uid.p == NULL || !str_eq(table, str_of(t->table));

    for (size_t i = 0; i < t->n; i++) {
        wanted = wanted || str_eq(uid, str_of(t->uid[i]));
    }
    if (!wanted) {
        snprintf(path, sizeof(path), "%s/%s", s->dir, name);
        if (unlink(path) == 0) {
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
    char path[PATH_ROOM];

    /* First: without it no generation is served. */
    (void)unlink(manifest_path(s, table, path));
    shelf_trim(s, table, NULL, 0);
}
