/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/resp_impl.h"

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/base/version.h"
#include "lookup/core/generation.h"

#include <inttypes.h>

/*
 * Commands about the server. Clients and benchmarks ask them of any Redis and
 * give up without: COMMAND is rendered from the table of what is known
 * (resp_known()), CONFIG and INFO say the least that satisfies them, and
 * INFO's role is a replica's, which takes no writes.
 */

/* COMMAND INFO's entry: name, arity, flags, first key, last key, step. */
static void
put_info(struct buf *out, const struct resp_known *k)
{
    bool exact = k->min == k->max;
    bool one = k->max == 2;

    resp_array(out, 6);
    resp_bulk(out, str_of(k->name));
    resp_integer(out, exact ? (int64_t)k->min : -(int64_t)k->min);
    resp_array(out, 2);
    resp_simple(out, "readonly");
    resp_simple(out, "fast");
    resp_integer(out, k->has_keys ? 1 : 0);
    resp_integer(out, !k->has_keys ? 0 : one || exact ? 1 : -1);
    resp_integer(out, k->has_keys ? 1 : 0);
}

static void
put_docs(struct buf *out, bool resp3, const struct resp_known *k)
{
    resp_bulk(out, str_of(k->name));
    resp_map(out, resp3, 3);
    resp_bulk(out, STR("summary"));
    resp_bulk(out, str_of(k->summary));
    resp_bulk(out, STR("since"));
    resp_bulk(out, STR(LOOKUP_VERSION));
    resp_bulk(out, STR("group"));
    resp_bulk(out, k->has_keys ? STR("string") : STR("connection"));
}

/* Of the commands named from word 2 on, or of all. */
static void
show_info(struct command *c, const struct command_line *line)
{
    struct buf *out = c->answer(c);
    size_t n;
    const struct resp_known *all = resp_known(&n);

    if (line->narg <= 2) {
        resp_array(out, n);
        for (size_t i = 0; i < n; i++) {
            put_info(out, &all[i]);
        }
        return;
    }
    resp_array(out, line->narg - 2);
    for (size_t i = 2; i < line->narg; i++) {
        const struct resp_known *k = resp_find(line->arg[i]);

        if (k == NULL) {
            resp_nil(out, c->resp3);
        } else {
            put_info(out, k);
        }
    }
}

static void
show_docs(struct command *c, const struct command_line *line)
{
    struct buf *out = c->answer(c);
    size_t n, found = 0;
    const struct resp_known *all = resp_known(&n);

    if (line->narg <= 2) {
        resp_map(out, c->resp3, n);
        for (size_t i = 0; i < n; i++) {
            put_docs(out, c->resp3, &all[i]);
        }
        return;
    }
    for (size_t i = 2; i < line->narg; i++) {
        found += resp_find(line->arg[i]) != NULL;
    }
    resp_map(out, c->resp3, found);
    for (size_t i = 2; i < line->narg; i++) {
        const struct resp_known *k = resp_find(line->arg[i]);

        if (k != NULL) {
            put_docs(out, c->resp3, k);
        }
    }
}

void
resp_command(struct resp_commands *r, struct command *c,
             const struct command_line *line)
{
    struct str word = line->narg < 2 ? STR("info") : line->arg[1];
    int status = 200;
    size_t n;

    (void)r;
    if (str_eq_nocase(word, STR("info"))) {
        show_info(c, line);
    } else if (str_eq_nocase(word, STR("docs"))) {
        show_docs(c, line);
    } else if (str_eq_nocase(word, STR("count"))) {
        (void)resp_known(&n);
        resp_integer(c->answer(c), (int64_t)n);
    } else {
        resp_error(c->answer(c),
                   "ERR unknown subcommand '%.*s'. Try COMMAND INFO, DOCS or "
                   "COUNT.",
                   (int)(word.len < 64 ? word.len : 64), word.p);
        status = RESP_BAD;
    }
    c->finish(c, status);
}

/* What benchmarks and clients ask of any Redis. */
static const char *const settings[][2] = {
    {"save", ""},
    {"appendonly", "no"},
    {"databases", "1"},
};

#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

static bool
is_asked(const struct command_line *line, const char *name)
{
    for (size_t i = 2; i < line->narg; i++) {
        if (str_eq_nocase(line->arg[i], str_of(name)) ||
            str_eq(line->arg[i], STR("*"))) {
            return true;
        }
    }
    return false;
}

void
resp_config(struct resp_commands *r, struct command *c,
            const struct command_line *line)
{
    struct buf *out = c->answer(c);
    size_t found = 0;

    (void)r;
    if (!str_eq_nocase(line->arg[1], STR("get")) || line->narg < 3) {
        resp_error(out, "ERR only CONFIG GET name is known");
        c->finish(c, RESP_BAD);
        return;
    }
    for (size_t i = 0; i < SETTINGS; i++) {
        found += is_asked(line, settings[i][0]);
    }
    resp_map(out, c->resp3, found);
    for (size_t i = 0; i < SETTINGS; i++) {
        if (is_asked(line, settings[i][0])) {
            resp_bulk(out, str_of(settings[i][0]));
            resp_bulk(out, str_of(settings[i][1]));
        }
    }
    c->finish(c, 200);
}

static uint64_t
count_rows(const struct resp_commands *r)
{
    const struct tables *t = lookup_tables(r->lookup);
    uint64_t n = 0;

    for (size_t i = 0; t != NULL && i < t->n; i++) {
        n += t->view[i].live == NULL ? 0 : t->view[i].live->info.rows;
    }
    return n;
}

void
resp_info(struct resp_commands *r, struct command *c,
          const struct command_line *line)
{
    (void)line;
    buf_clear(&r->body);
    buf_printf(&r->body,
               "# Server\r\nredis_version:" RESP_AS_REDIS "\r\n"
               "lookup_version:" LOOKUP_VERSION "\r\n"
               "redis_mode:standalone\r\n\r\n"
               "# Persistence\r\nloading:0\r\n\r\n"
               "# Replication\r\nrole:slave\r\n\r\n"
               "# Keyspace\r\ndb0:keys=%" PRIu64 ",expires=0,avg_ttl=0\r\n",
               count_rows(r));
    resp_bulk(c->answer(c), buf_view(&r->body));
    c->finish(c, 200);
}

void
resp_dbsize(struct resp_commands *r, struct command *c,
            const struct command_line *line)
{
    (void)line;
    resp_integer(c->answer(c), (int64_t)count_rows(r));
    c->finish(c, 200);
}

void
resp_time(struct resp_commands *r, struct command *c,
          const struct command_line *line)
{
    uint64_t now_us = clock_wall_us();
    uint64_t part[] = {now_us / 1000000, now_us % 1000000};
    struct buf *out = c->answer(c);
    char text[20];

    (void)r, (void)line;
    resp_array(out, 2);
    for (int i = 0; i < 2; i++) {
        resp_bulk(out, (struct str){text, number_format_u64(part[i], text)});
    }
    c->finish(c, 200);
}
