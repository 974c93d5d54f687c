/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that only look: list, show.
 */
#include "batchgen/command.h"
#include "batchgen/gc.h"
#include "batchgen/session.h"
#include "common/base/clock.h"
#include "common/table/keyspace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX   ((size_t)64 << 20)
#define TABLES_MAX 4096

struct inspect_options {
    SESSION_OPTION(OPTION_FIELD)
};

#define OPTION_OWNER struct inspect_options
static const struct option_def defs[] = {SESSION_OPTION(OPTION_DEF)};

typedef enum rc (*inspect_fn)(const struct table *t,
                              const struct inspect_options *o, uint64_t gen,
                              struct err *e);

static enum rc
inspect(const struct command_text *text, inspect_fn fn, bool one, int argc,
        char **argv, struct err *e)
{
    struct inspect_options o = {0};
    struct option_set set = {defs, sizeof(defs) / sizeof(defs[0]), &o, 0};
    struct session s = {0};
    uint64_t gen = 0;
    bool done;
    enum rc rc =
        command_options(text, &set, argc, argv, &gen, one ? 1 : 0, &done, e);

    if (rc == RC_OK && !done) {
        struct session_where where = SESSION_WHERE(&o);

        rc = session_init(&s, &where, one, e);
        if (rc == RC_OK) {
            rc = fn(&s.table, &o, gen, e);
        }
        session_fini(&s);
    }
    option_free(&set);
    return rc;
}

static const char *
state_of(const struct manifest *m, uint64_t gen,
         const struct generation_info *g)
{
    if (gen == m->live) {
        return "live";
    }
    if (gen == m->previous) {
        return "previous";
    }
    if (manifest_is_bad(m, gen)) {
        return "bad";
    }
    return g->ready                          ? "ready"
           : generation_info_is_appending(g) ? "appending"
                                             : "writing";
}

struct listing {
    struct buf out;
    const char *table;
    struct manifest manifest;
    bool json;
    bool any;
};

static void
list_line(struct listing *l, uint64_t gen, const struct generation_info *g)
{
    char as_of[CLOCK_ISO_MAX] = "-";
    const char *state = state_of(&l->manifest, gen, g);
    uint64_t now_us = clock_wall_us();
    double age_h = g->created_us == 0 || g->created_us > now_us
                       ? 0
                       : (double)(now_us - g->created_us) / 3.6e9;

    if (g->as_of_us != 0) {
        clock_format_iso(g->as_of_us, as_of);
    }
    if (l->json) {
        buf_printf(&l->out,
                   "%s{\"table\":\"%s\",\"generation\":%" PRIu64
                   ",\"state\":\"%s\",\"rows\":%" PRIu64 ",\"buckets\":%" PRIu64
                   ",\"as_of\":\"%s\","
                   "\"model\":\"%s\",\"objective\":\"%s\","
                   "\"age_hours\":%.2f}",
                   l->any ? "," : "", l->table, gen, state, g->rows, g->buckets,
                   as_of, g->model_sha256, g->objective, age_h);
    } else {
        buf_printf(&l->out,
                   "%-20s %10" PRIu64 "  %-8s %12" PRIu64 " %9" PRIu64
                   "  %-27s  %-16s %.8s %9.1f h\n",
                   l->table, gen, state, g->rows, g->buckets, as_of,
                   g->objective, g->model_sha256, age_h);
    }
    l->any = true;
}

static enum rc
on_generation(void *arg, uint64_t gen, const struct generation_info *g,
              struct err *e)
{
    (void)e;
    list_line(arg, gen, g);
    return RC_OK;
}

static enum rc
list_table(struct listing *l, const struct table *t, struct err *e)
{
    enum rc rc = table_manifest(t, &l->manifest, e);

    l->table = t->name;
    return rc == RC_OK
               ? gc_each_generation(t, l->manifest.last, on_generation, l, e)
               : rc;
}

struct names {
    char *name[TABLES_MAX];
    size_t n;
};

static enum rc
on_name(void *arg, struct str item, struct err *e)
{
    struct names *names = arg;

    if (names->n == TABLES_MAX) {
        return err_set(e, RC_FULL, "more than %d tables: name one with --table",
                       TABLES_MAX);
    }
    names->name[names->n] = str_dup(item);
    return names->name[names->n++] == NULL
               ? err_set(e, RC_NOMEM, "out of memory")
               : RC_OK;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum rc
list_all(struct listing *l, const struct table *t, struct err *e)
{
    struct names *names = calloc(1, sizeof(*names));
    char key[KEY_MAX];
    enum rc rc;

    if (names == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    REDIS_WORDS(t->redis, STR("SMEMBERS"), key_tables(key, t->prefix));
    rc = redis_ask_list(t->redis, on_name, names, e);
    qsort(names->name, names->n, sizeof(names->name[0]), by_name);
    for (size_t i = 0; i < names->n; i++) {
        struct table one = *t;

        one.name = names->name[i];
        if (rc == RC_OK) {
            rc = list_table(l, &one, e);
        }
        free(names->name[i]);
    }
    free(names);
    return rc;
}

static enum rc
list(const struct table *t, const struct inspect_options *o, uint64_t gen,
     struct err *e)
{
    struct listing l = {.json = o->json};
    enum rc rc;

    (void)gen;
    buf_init(&l.out, TEXT_MAX);
    if (l.json) {
        buf_char(&l.out, '[');
    } else {
        buf_printf(&l.out,
                   "%-20s %10s  %-8s %12s %9s  %-27s  %-16s %-8s %11s\n",
                   "table", "generation", "state", "rows", "buckets", "as of",
                   "objective", "model", "age");
    }
    rc = t->name == NULL ? list_all(&l, t, e) : list_table(&l, t, e);
    if (rc == RC_OK && t->name != NULL && l.manifest.last == 0) {
        rc = err_set(e, RC_NOT_FOUND, "there is no table '%s'", t->name);
    }
    if (rc == RC_OK && l.json) {
        printf("%.*s]\n", STR_ARG(buf_view(&l.out)));
    } else if (rc == RC_OK) {
        printf("%.*s", STR_ARG(buf_view(&l.out)));
    }
    buf_fini(&l.out);
    return rc;
}

enum rc
command_list(int argc, char **argv, struct stop *stop, struct err *e)
{
    static const struct command_text text = {
        .usage = "list [--table T] [options]",
        .about = "All tables, or one, with their generations.",
    };

    (void)stop;
    return inspect(&text, list, false, argc, argv, e);
}

struct showing {
    struct buf out;
    bool json;
};

static void
on_show_field(void *arg, struct str field, struct str value)
{
    struct showing *s = arg;

    if (s->json) {
        buf_c(&s->out, s->out.len > 1 ? "," : "");
        buf_json_str(&s->out, field);
        buf_char(&s->out, ':');
        buf_json_str(&s->out, value);
    } else {
        buf_printf(&s->out, "%-14.*s ", STR_ARG(field));
        buf_str(&s->out, value);
        buf_char(&s->out, '\n');
    }
}

static enum rc
show(const struct table *t, const struct inspect_options *o, uint64_t gen,
     struct err *e)
{
    struct showing s = {.json = o->json};
    struct generation_info g;
    struct manifest m;
    enum rc rc = table_manifest(t, &m, e);

    if (rc == RC_OK) {
        rc = table_generation(t, gen, &g, e);
    }
    if (rc != RC_OK) {
        return rc;
    }
    buf_init(&s.out, TEXT_MAX);
    buf_c(&s.out, s.json ? "{" : "");
    on_show_field(&s, STR("state"), str_of(state_of(&m, gen, &g)));
    generation_info_each(&g, on_show_field, &s);
    printf("%.*s%s", STR_ARG(buf_view(&s.out)), s.json ? "}\n" : "");
    buf_fini(&s.out);
    generation_info_fini(&g);
    return RC_OK;
}

enum rc
command_show(int argc, char **argv, struct stop *stop, struct err *e)
{
    static const struct command_text text = {
        .usage = "show N --table T [options]",
        .about = "What generation N says of itself.",
    };

    (void)stop;
    return inspect(&text, show, true, argc, argv, e);
}
