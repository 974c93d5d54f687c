/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/resp_impl.h"

#include "common/base/number.h"

#include <inttypes.h>
#include <stdio.h>

/*
 * Commands about the connection itself: what a client library says when it has
 * connected, and what it may ask of itself. There are no passwords: AUTH is for
 * the user "default", with any. HELLO is read to its end before anything is
 * changed, so that one that is refused leaves protocol and name as they were.
 */

static void
say_ok(struct command *c)
{
    resp_simple(c->answer(c), "OK");
    c->finish(c, 200);
}

static void
refuse(struct command *c, const char *text)
{
    resp_error(c->answer(c), "%s", text);
    c->finish(c, RESP_BAD);
}

void
resp_ping(struct resp_commands *r, struct command *c,
          const struct command_line *line)
{
    (void)r;
    if (line->narg == 2) {
        resp_bulk(c->answer(c), line->arg[1]);
    } else {
        resp_simple(c->answer(c), "PONG");
    }
    c->finish(c, 200);
}

void
resp_echo(struct resp_commands *r, struct command *c,
          const struct command_line *line)
{
    (void)r;
    resp_bulk(c->answer(c), line->arg[1]);
    c->finish(c, 200);
}

void
resp_quit(struct resp_commands *r, struct command *c,
          const struct command_line *line)
{
    (void)r;
    line->session->is_over = true;
    say_ok(c);
}

void
resp_select(struct resp_commands *r, struct command *c,
            const struct command_line *line)
{
    uint64_t n;

    (void)r;
    if (!number_parse_u64(line->arg[1], &n)) {
        refuse(c, "ERR value is not an integer or out of range");
    } else if (n != 0) {
        refuse(c, "ERR DB index is out of range");
    } else {
        say_ok(c);
    }
}

/* As a Redis without a password: its one user may be named with any. */
static bool
is_default_user(struct str user)
{
    return str_eq(user, STR("default"));
}

#define WRONGPASS                                                              \
    "WRONGPASS invalid username-password pair or user is disabled."

void
resp_auth(struct resp_commands *r, struct command *c,
          const struct command_line *line)
{
    (void)r;
    if (line->narg == 2) {
        refuse(c, "ERR AUTH <password> called without any password configured "
                  "for the default user.");
    } else if (!is_default_user(line->arg[1])) {
        refuse(c, WRONGPASS);
    } else {
        say_ok(c);
    }
}

/* A name that CLIENT LIST could show. */
static bool
set_name(struct session *s, struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.p[i] < '!' || name.p[i] > '~') {
            return false;
        }
    }
    return str_copy(name, s->name, sizeof(s->name));
}

#define BAD_NAME                                                               \
    "ERR Client names cannot contain spaces, newlines or special characters, " \
    "nor be longer than 64 bytes."

static void
put_field(struct buf *out, const char *name, const char *value)
{
    resp_bulk(out, str_of(name));
    resp_bulk(out, str_of(value));
}

static void
put_greeting(struct command *c, const struct session *s)
{
    struct buf *out = c->answer(c);

    resp_map(out, s->resp3, 7);
    put_field(out, "server", "lookup");
    put_field(out, "version", RESP_AS_REDIS);
    resp_bulk(out, STR("proto"));
    resp_integer(out, s->resp3 ? 3 : 2);
    resp_bulk(out, STR("id"));
    resp_integer(out, (int64_t)s->id);
    put_field(out, "mode", "standalone");
    put_field(out, "role", "replica");
    resp_bulk(out, STR("modules"));
    resp_array(out, 0);
    c->finish(c, 200);
}

/* [AUTH user password] [SETNAME name]; NULL, or what is wrong. */
static const char *
read_hello(const struct command_line *line, struct session *s)
{
    for (size_t i = 2; i < line->narg;) {
        if (str_eq_nocase(line->arg[i], STR("auth")) && i + 2 < line->narg) {
            if (!is_default_user(line->arg[i + 1])) {
                return WRONGPASS;
            }
            i += 3;
        } else if (str_eq_nocase(line->arg[i], STR("setname")) &&
                   i + 1 < line->narg) {
            if (!set_name(s, line->arg[i + 1])) {
                return BAD_NAME;
            }
            i += 2;
        } else {
            return "ERR Syntax error in HELLO option";
        }
    }
    return NULL;
}

void
resp_hello(struct resp_commands *r, struct command *c,
           const struct command_line *line)
{
    struct session changed = *line->session;
    const char *fault;

    (void)r;
    if (line->narg > 1) {
        bool is_3 = str_eq(line->arg[1], STR("3"));

        if (!is_3 && !str_eq(line->arg[1], STR("2"))) {
            refuse(c, "NOPROTO unsupported protocol version");
            return;
        }
        changed.resp3 = is_3;
    }
    fault = read_hello(line, &changed);
    if (fault != NULL) {
        refuse(c, fault);
        return;
    }
    *line->session = changed;
    put_greeting(c, line->session);
}

void
resp_reset(struct resp_commands *r, struct command *c,
           const struct command_line *line)
{
    (void)r;
    line->session->resp3 = false;
    line->session->name[0] = '\0';
    resp_simple(c->answer(c), "RESET");
    c->finish(c, 200);
}

static void
show_client(struct command *c, const struct session *s)
{
    char text[256];
    int n =
        snprintf(text, sizeof(text), "id=%" PRIu64 " name=%s db=0 resp=%d\n",
                 s->id, s->name, s->resp3 ? 3 : 2);

    resp_bulk(c->answer(c), (struct str){text, (size_t)n});
    c->finish(c, 200);
}

static void
show_name(struct command *c, const struct session *s)
{
    if (s->name[0] == '\0') {
        resp_nil(c->answer(c), c->resp3);
    } else {
        resp_bulk(c->answer(c), str_of(s->name));
    }
    c->finish(c, 200);
}

void
resp_client(struct resp_commands *r, struct command *c,
            const struct command_line *line)
{
    struct str word = line->arg[1];
    struct session *s = line->session;

    (void)r;
    if (str_eq_nocase(word, STR("id")) && line->narg == 2) {
        resp_integer(c->answer(c), (int64_t)s->id);
        c->finish(c, 200);
    } else if (str_eq_nocase(word, STR("getname")) && line->narg == 2) {
        show_name(c, s);
    } else if (str_eq_nocase(word, STR("info")) && line->narg == 2) {
        show_client(c, s);
    } else if (str_eq_nocase(word, STR("setname")) && line->narg == 3) {
        if (set_name(s, line->arg[2])) {
            say_ok(c);
        } else {
            refuse(c, BAD_NAME);
        }
    } else if ((str_eq_nocase(word, STR("setinfo")) && line->narg == 4) ||
               (str_eq_nocase(word, STR("no-evict")) && line->narg == 3)) {
        say_ok(c);
    } else {
        resp_error(c->answer(c),
                   "ERR unknown subcommand or wrong number of arguments for "
                   "'%.*s'. Try CLIENT ID, GETNAME, SETNAME or INFO.",
                   (int)(word.len < 64 ? word.len : 64), word.p);
        c->finish(c, RESP_BAD);
    }
}
