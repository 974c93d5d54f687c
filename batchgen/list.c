/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list: all tables, or one, with their generations.
 */
#include "batchgen/gc.h"
#include "batchgen/inspect.h"
#include "common/base/clock.h"
#include "common/table/keyspace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLES_MAX 4096

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
    const char *state = inspect_state(&l->manifest, gen, g);
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
    buf_init(&l.out, INSPECT_MAX);
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
