/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that remove: gc what nobody wants, drop all of a table.
 */
#include "batchgen/clear.h"
#include "batchgen/gc.h"
#include "batchgen/gc_stray.h"
#include "batchgen/lease.h"
#include "batchgen/manage.h"
#include "batchgen/script.h"
#include "common/table/keyspace.h"

#include <inttypes.h>
#include <stdio.h>

#define ANSWER_MAX 512

#define OPTION_OWNER struct manage_options
static const struct option_def gc_defs[] = {SESSION_OPTION(OPTION_DEF)};
static const struct option_def drop_defs[] = {
    FORCE_OPTION(OPTION_DEF, "even while a run is writing it: the run ends")
        SESSION_OPTION(OPTION_DEF)};

#define OPTIONS(defs) (defs), sizeof(defs) / sizeof((defs)[0])

static enum rc
collect(const struct table *t, const struct manage_options *o, uint64_t gen,
        struct stop *stop, struct err *e)
{
    uint64_t removed, strays = 0;
    enum rc rc = gc_run(t, &removed, e);

    (void)gen, (void)stop;
    if (rc == RC_OK) {
        rc = gc_strays(t, &strays, e);
    }
    if (rc == RC_OK && o->json) {
        manage_print_json(t, "removed", removed + strays);
    } else if (rc == RC_OK) {
        printf("table '%s': removed %" PRIu64 " generations, and %" PRIu64
               " that nothing led to\n",
               t->name, removed, strays);
    }
    return rc;
}

enum rc
command_gc(int argc, char **argv, struct stop *stop, struct err *e)
{
    static const struct managed m = {
        {"gc --table T [options]",
         "Remove the generations nobody can want any more, and what "
         "dead runs left."},
        OPTIONS(gc_defs),
        false,
        collect,
    };

    return manage(&m, argc, argv, stop, e);
}

static enum rc
clear_one(void *arg, uint64_t gen, const struct generation_info *g,
          struct err *e)
{
    const struct table *t = arg;
    enum rc rc = RC_OK;

    if (g->schema_id[0] != '\0') {
        rc = clear_features(t, g->schema_id, e);
    }
    return rc == RC_OK ? clear_generation(t, gen, e) : rc;
}

/* Nothing is live and no run can begin: the keys go, the manifest last. */
static enum rc
drop_keys(const struct table *t, struct err *e)
{
    char key[KEY_MAX], tables[KEY_MAX];
    struct table copy = *t;
    struct manifest m;
    enum rc rc = table_manifest(t, &m, e);

    if (rc == RC_OK) {
        rc = gc_each_generation(t, m.last, clear_one, &copy, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    REDIS_WORDS(t->redis, STR("UNLINK"),
                key_superseded(key, t->prefix, t->name));
    rc = redis_ask(t->redis, e);
    if (rc != RC_OK) {
        return rc;
    }
    REDIS_WORDS(t->redis, STR("UNLINK"), key_manifest(key, t->prefix, t->name));
    rc = redis_ask(t->redis, e);
    if (rc != RC_OK) {
        return rc;
    }
    REDIS_WORDS(t->redis, STR("SREM"), key_tables(tables, t->prefix),
                str_of(t->name));
    return redis_ask(t->redis, e);
}

static enum rc
drop(const struct table *t, const struct manage_options *o, uint64_t gen,
     struct stop *stop, struct err *e)
{
    char writer[WRITER_SIZE];
    struct manifest m;
    struct buf answer;
    enum rc rc = table_manifest(t, &m, e);

    (void)gen, (void)stop;
    if (rc == RC_OK && m.last == 0) {
        return err_set(e, RC_NOT_FOUND, "there is no table '%s'", t->name);
    }
    if (rc != RC_OK) {
        return rc;
    }
    lease_name("drop", writer);
    buf_init(&answer, ANSWER_MAX);
    rc = script_run(
        t, script_drop,
        SCRIPT_ARGS(str_of(writer), LEASE_MS, o->force ? STR("1") : STR("0")),
        &answer, e);
    if (rc == RC_OK && !str_eq(buf_view(&answer), STR("ok"))) {
        rc = lease_held(t, buf_view(&answer), e);
    }
    buf_fini(&answer);
    if (rc == RC_OK) {
        rc = drop_keys(t, e);
    }
    if (rc == RC_OK && o->json) {
        manage_print_json(t, "dropped", m.last);
    } else if (rc == RC_OK) {
        printf("table '%s' is gone: generations up to %" PRIu64
               ", feature rows, manifest\n",
               t->name, m.last);
    }
    return rc;
}

enum rc
command_drop(int argc, char **argv, struct stop *stop, struct err *e)
{
    static const struct managed m = {
        {"drop --table T [options]",
         "Remove everything of a table: generations, models, feature "
         "rows, manifest."},
        OPTIONS(drop_defs),
        false,
        drop,
    };

    return manage(&m, argc, argv, stop, e);
}
