/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that move or remove what is there: publish, rollback, gc,
 * drop. Each takes the session's options, some take --force or --wait.
 */
#include "batchgen/clear.h"
#include "batchgen/command.h"
#include "batchgen/gc.h"
#include "batchgen/gc_stray.h"
#include "batchgen/progress.h"
#include "batchgen/publish.h"
#include "batchgen/retry.h"
#include "batchgen/script.h"
#include "batchgen/session.h"
#include "batchgen/stop_at.h"
#include "batchgen/verify.h"
#include "batchgen/warm.h"
#include "common/base/number.h"
#include "common/table/keyspace.h"

#include <inttypes.h>
#include <stdio.h>

#define ANSWER_MAX 512

#define FORCE_OPTION(X)                                                        \
    X(force, FLAG, NULL, "", 0, 0, "in spite of guards, or of a lease")
#define WAIT_OPTION(X)                                                         \
    X(wait, FLAG, NULL, "", 0, 0, "wait for another run on this table")

struct manage_options {
    FORCE_OPTION(OPTION_FIELD)
    WAIT_OPTION(OPTION_FIELD)
    WARM_OPTION(OPTION_FIELD)
    RETRY_OPTION(OPTION_FIELD)
    SESSION_OPTION(OPTION_FIELD)
};

#define OPTION_OWNER struct manage_options
static const struct option_def plain_defs[] = {SESSION_OPTION(OPTION_DEF)};
static const struct option_def drop_defs[] = {FORCE_OPTION(OPTION_DEF)
                                                  SESSION_OPTION(OPTION_DEF)};
static const struct option_def publish_defs[] = {
    FORCE_OPTION(OPTION_DEF) WAIT_OPTION(OPTION_DEF) WARM_OPTION(OPTION_DEF)
        RETRY_OPTION(OPTION_DEF) SESSION_OPTION(OPTION_DEF)};

#define OPTIONS(defs) (defs), sizeof(defs) / sizeof((defs)[0])

/* What a command does once it is connected; prints its result. */
typedef enum rc (*manage_fn)(const struct table *t,
                             const struct manage_options *o, uint64_t gen,
                             struct stop *stop, struct err *e);

struct managed {
    struct command_text text;
    const struct option_def *def;
    size_t ndef;
    bool with_number; /* a generation is named by number */
    manage_fn fn;
};

static enum rc
manage(const struct managed *m, int argc, char **argv, struct stop *stop,
       struct err *e)
{
    struct manage_options o = {0};
    struct option_set set = {m->def, m->ndef, &o, 0};
    struct session s = {0};
    uint64_t gen = 0;
    bool done;
    enum rc rc = command_options(&m->text, &set, argc, argv, &gen,
                                 m->with_number ? 1 : 0, &done, e);

    if (rc == RC_OK && !done) {
        struct session_where where = SESSION_WHERE(&o);

        rc = session_open(&s, &where, true, e);
        if (rc == RC_OK) {
            rc = m->fn(&s.table, &o, gen, stop, e);
        }
        session_close(&s);
    }
    option_free(&set);
    return rc;
}

/* what: "live", "removed" ..., followed by a number. */
static void
print_result(const struct table *t, bool json, const char *what, uint64_t n)
{
    if (json) {
        printf("{\"table\":\"%s\",\"%s\":%" PRIu64 "}\n", t->name, what, n);
    } else {
        printf("table '%s': %s %" PRIu64 "\n", t->name, what, n);
    }
}

/* May be done again from its beginning after Redis went away. */
static enum rc
publish_steps(struct publish *p, const struct table *t,
              const struct manage_options *o, struct generation_info *g,
              struct stop *stop, struct err *e)
{
    enum rc rc = publish_take(p, t, p->gen, o->wait, stop, g, e);

    if (rc == RC_OK) {
        rc = verify_generation(t, p->gen, g, e);
    }
    if (rc == RC_OK) {
        rc = publish_guard(p, g, o->force, e);
    }
    if (rc == RC_OK) {
        rc = warm_wait(t, p->uid, o->warm_wait, stop, e);
    }
    return rc == RC_OK ? publish_commit(p, e) : rc;
}

static enum rc
publish(const struct table *t, const struct manage_options *o, uint64_t gen,
        struct stop *stop, struct err *e)
{
    struct generation_info g = {0};
    struct progress progress = {0};
    struct publish p = {.gen = gen};
    struct retry retry;
    enum rc rc = progress_start(&progress, stop, e);

    retry_init(&retry, t->redis, &p, stop, o->retry);
    stop_at("begin");
    if (rc == RC_OK) {
        do {
            rc = publish_steps(&p, t, o, &g, stop, e);
        } while (rc != RC_OK && retry_again(&retry, &rc, e));
    }
    publish_end(&p);
    progress_end(&progress);
    generation_info_fini(&g);
    if (rc == RC_OK) {
        print_result(t, o->json, "live", gen);
    }
    return rc;
}

enum rc
command_publish(int argc, char **argv, struct stop *stop, struct err *e)
{
    static const struct managed m = {
        {"publish N --table T [options]",
         "Make generation N, which is ready, the live one. The guards "
         "look at it first."},
        OPTIONS(publish_defs),
        true,
        publish,
    };

    return manage(&m, argc, argv, stop, e);
}

static enum rc
rollback(const struct table *t, const struct manage_options *o, uint64_t gen,
         struct stop *stop, struct err *e)
{
    struct buf answer;
    struct str rest;
    uint64_t live;
    enum rc rc;

    (void)gen, (void)stop;
    buf_init(&answer, ANSWER_MAX);
    rc = script_run(t, script_rollback, NULL, 0, &answer, e);
    rest = buf_view(&answer);
    if (rc == RC_OK && str_eq(rest, STR("none"))) {
        rc = err_set(e, RC_INVAL,
                     "table '%s' has no previous generation to go back to",
                     t->name);
    }
    str_cut(&rest, ' ');
    if (rc == RC_OK && number_parse_u64(str_cut(&rest, ' '), &live)) {
        print_result(t, o->json, "live", live);
    }
    buf_fini(&answer);
    return rc;
}

enum rc
command_rollback(int argc, char **argv, struct stop *stop, struct err *e)
{
    static const struct managed m = {
        {"rollback --table T [options]",
         "Make the previous generation live again and mark the live "
         "one bad. One step\nonly: a second rollback is refused."},
        OPTIONS(plain_defs),
        false,
        rollback,
    };

    return manage(&m, argc, argv, stop, e);
}

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
    if (rc == RC_OK) {
        print_result(t, o->json, "removed", removed + strays);
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
        OPTIONS(plain_defs),
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
    if (rc == RC_OK) {
        print_result(t, o->json, "dropped", m.last);
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
