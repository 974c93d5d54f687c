/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/resp_impl.h"

#include <stdint.h>
#include <stdlib.h>

#define ANY SIZE_MAX

/* clang-format off */
static const struct resp_known known[] = {
    {"get",     2, 2,   resp_get,     true,  "The answer for a user."},
    {"mget",    2, ANY, resp_many,    true,  "The answers for many users."},
    {"hget",    3, 3,   resp_get,     true,  "The answer for its user."},
    {"hmget",   3, ANY, resp_many,    true,  "The answers for its users."},
    {"exists",  2, ANY, resp_many,    true,  "How many of them are known."},
    {"ttl",     2, 2,   resp_many,    true,  "-1 for a known user, else -2."},
    {"strlen",  2, 2,   resp_strlen,  true,  "Bytes of the answer for a user."},
    {"ping",    1, 2,   resp_ping,    false, "Is anybody there?"},
    {"echo",    2, 2,   resp_echo,    false, "What was sent."},
    {"quit",    1, ANY, resp_quit,    false, "Closes the connection."},
    {"select",  2, 2,   resp_select,  false, "There is database 0 only."},
    {"auth",    2, 3,   resp_auth,    false, "No password is asked for."},
    {"hello",   1, ANY, resp_hello,   false, "Chooses RESP2 or RESP3."},
    {"reset",   1, 1,   resp_reset,   false, "As if newly connected."},
    {"client",  2, ANY, resp_client,  false, "About this connection."},
    {"command", 1, ANY, resp_command, false, "About the commands."},
    {"config",  2, ANY, resp_config,  false, "What clients ask of a Redis."},
    {"info",    1, ANY, resp_info,    false, "About the server."},
    {"dbsize",  1, 1,   resp_dbsize,  false, "Records of all tables."},
    {"time",    1, 1,   resp_time,    false, "Seconds and microseconds."},
};
/* clang-format on */

/* What Redis has for writing, and people are likely to try. */
static const char *const writes[] = {
    "append",   "decr",     "decrby",  "del",     "expire",  "expireat",
    "flushall", "flushdb",  "getdel",  "getex",   "getset",  "hdel",
    "hincrby",  "hmset",    "hset",    "hsetnx",  "incr",    "incrby",
    "lpush",    "mset",     "msetnx",  "persist", "pexpire", "psetex",
    "rename",   "renamenx", "restore", "rpush",   "sadd",    "set",
    "setex",    "setnx",    "srem",    "swapdb",  "unlink",  "zadd",
    "zrem",
};

const struct resp_known *
resp_known(size_t *n)
{
    *n = sizeof(known) / sizeof(known[0]);
    return known;
}

const struct resp_known *
resp_find(struct str name)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (str_eq_nocase(name, str_of(known[i].name))) {
            return &known[i];
        }
    }
    return NULL;
}

static bool
is_write(struct str name)
{
    for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
        if (str_eq_nocase(name, str_of(writes[i]))) {
            return true;
        }
    }
    return false;
}

/* As Redis has it: who says so speaks HTTP, and waits for a blank line. */
static bool
is_http(struct str name)
{
    return str_eq_nocase(name, STR("host:")) ||
           str_eq_nocase(name, STR("post"));
}

/* Redis shows at most this much of a command it does not know. */
#define SHOWN_MAX 128

static void
refuse_unknown(struct command *c, const struct command_line *line)
{
    struct str name = line->arg[0];
    char text[2 * SHOWN_MAX];
    struct buf shown;

    buf_init(&shown, 64 * 1024);
    for (size_t i = 1; i < line->narg && shown.len < SHOWN_MAX; i++) {
        struct str word = line->arg[i];

        buf_char(&shown, '\'');
        buf_put(&shown, word.p, word.len < SHOWN_MAX ? word.len : SHOWN_MAX);
        buf_c(&shown, "' ");
    }
    if (!str_copy(buf_view(&shown), text, sizeof(text))) {
        text[0] = '\0';
    }
    buf_fini(&shown);
    resp_error(c->answer(c),
               "ERR unknown command '%.*s', with args beginning with: %s",
               (int)(name.len < SHOWN_MAX ? name.len : SHOWN_MAX), name.p,
               text);
    line->session->is_over = is_http(name);
    c->finish(c, RESP_BAD);
}

void
resp_commands_handle(void *arg, struct command *c,
                     const struct command_line *line)
{
    const struct resp_known *k = resp_find(line->arg[0]);

    if (k == NULL && is_write(line->arg[0])) {
        resp_error(c->answer(c),
                   "READONLY You can't write against a read only server.");
        c->finish(c, RESP_BAD);
    } else if (k == NULL) {
        refuse_unknown(c, line);
    } else if (line->narg < k->min || line->narg > k->max) {
        resp_error(c->answer(c),
                   "ERR wrong number of arguments for '%s' command", k->name);
        c->finish(c, RESP_BAD);
    } else {
        k->run(arg, c, line);
    }
}

struct resp_commands *
resp_commands_create(struct lookup *lookup, const char *default_table)
{
    struct resp_commands *r = calloc(1, sizeof(*r));

    if (r != NULL) {
        r->lookup = lookup;
        r->default_table = default_table;
        buf_init(&r->body, RESP_BODY_MAX);
    }
    return r;
}

void
resp_commands_destroy(struct resp_commands **r)
{
    if (r != NULL && *r != NULL) {
        buf_fini(&(*r)->body);
        free(*r);
        *r = NULL;
    }
}
