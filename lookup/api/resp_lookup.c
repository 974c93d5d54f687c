/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/resp_impl.h"

#include "common/base/check.h"
#include "lookup/api/native_render.h"
#include "lookup/core/batch.h"

/*
 *   GET key, STRLEN key, HGET table user          a query
 *   MGET, HMGET, EXISTS, TTL                      a batch
 *
 * A key is table:user, the table ending at the first colon; without one it is
 * a user of the default table.
 */
enum many_kind {
    MANY_ANSWERS,
    MANY_EXISTS,
    MANY_TTL
};

/* Kept in the command's state. */
struct resp_call {
    struct resp_commands *resp;
    struct command *command;
    bool length_only;
    enum many_kind kind;
};

_Static_assert(sizeof(struct resp_call) <= COMMAND_STATE, "state");

static void
fail(struct command *c, int status, const char *text)
{
    resp_error(c->answer(c), "ERR %s", text);
    c->finish(c, status);
}

/* Before there was a query: n users get no answer. */
static void
fail_users(struct resp_commands *r, struct command *c,
           const struct table_view *view, size_t n, int status,
           const char *text)
{
    for (size_t i = 0; i < n; i++) {
        lookup_count(r->lookup, view, DIALECT_RESP, OUTCOME_ERROR);
    }
    fail(c, status, text);
}

/* Why there is no answer, which is not "unknown". */
static const char *
explain(enum answer_code code)
{
    static const char *const text[] = {
        [ANSWER_MISSING_FEATURES] = "features missing",
        [ANSWER_STORE_UNAVAILABLE] = "store unavailable",
        [ANSWER_TABLE_UNAVAILABLE] = "table unavailable",
        [ANSWER_TOO_COSTLY] = "too costly to score in time",
        [ANSWER_NOT_LIVE] = "not scored live",
        [ANSWER_MOVED] = "table unavailable",
    };

    return text[code];
}

static bool
is_answer(enum answer_code code)
{
    return code == ANSWER_OK || code == ANSWER_UNKNOWN_USER;
}

/* ---------------------------------------------------- whose and of what */

struct target {
    const struct table_view *view;
    struct str user;
};

/*
 * Which table a name is, the default one if name.p is NULL; NULL, and *fault
 * and *status say why.
 */
static const struct table_view *
find_view(const struct resp_commands *r, struct str name, const char **fault,
          int *status)
{
    const struct tables *t = lookup_tables(r->lookup);
    const struct table_view *view = NULL;

    if (t != NULL) {
        view = name.p == NULL ? tables_default(t, r->default_table)
                              : tables_find(t, name);
    }
    if (view != NULL && view->live != NULL) {
        return view;
    }
    /* Only a list that is known to be today's proves that a table is not. */
    if (t == NULL || !t->store_ok) {
        *fault = "store unavailable";
        *status = 503;
    } else if (view != NULL) {
        *fault = "table unavailable";
        *status = 503;
    } else {
        *fault = name.p == NULL ? "no default table" : "unknown table";
        *status = 404;
    }
    return NULL;
}

static struct target
split_key(const struct resp_commands *r, struct str key, const char **fault,
          int *status)
{
    struct str rest = key;
    struct str table = str_cut(&rest, ':');

    if (rest.p == NULL) {
        return (struct target){
            find_view(r, (struct str){NULL, 0}, fault, status), key};
    }
    return (struct target){find_view(r, table, fault, status), rest};
}

/* --------------------------------------------------------------- a query */

static void
put_answer(struct buf *out, struct buf *body, const char *table,
           struct str user, size_t k, const struct answer *a)
{
    buf_clear(body);
    native_render_answer(body, table, user, k, a);
    resp_bulk(out, buf_view(body));
}

static void
on_answer(void *arg, const struct query *q, const struct answer *a)
{
    struct resp_call *call = arg;
    struct command *c = call->command;
    struct buf *body = &call->resp->body;

    c->about = query_about(q, a);
    if (!is_answer(a->code)) {
        fail(c, 503, explain(a->code));
    } else if (a->code == ANSWER_OK && call->length_only) {
        buf_clear(body);
        native_render_answer(body, q->table, query_user(q), q->k, a);
        resp_integer(c->answer(c), (int64_t)body->len);
        c->finish(c, 200);
    } else if (a->code == ANSWER_OK) {
        put_answer(c->answer(c), body, q->table, query_user(q), q->k, a);
        c->finish(c, 200);
    } else {
        if (call->length_only) {
            resp_integer(c->answer(c), 0);
        } else {
            resp_nil(c->answer(c), c->resp3);
        }
        c->finish(c, 404);
    }
}

static void
ask(struct resp_commands *r, struct command *c, const struct command_line *line,
    struct target to)
{
    struct resp_call *call = (struct resp_call *)c->state;
    struct query *q = lookup_begin(r->lookup, to.view);

    if (q == NULL) {
        fail_users(r, c, to.view, 1, 503, "out of memory");
    } else if (query_set_user(q, to.user) != RC_OK) {
        lookup_drop(q);
        fail_users(r, c, to.view, 1, RESP_BAD, "a user has 1 to 512 bytes");
    } else {
        q->dialect = DIALECT_RESP;
        q->deadline_ns =
            line->arrived_ns + lookup_policy(r->lookup)->timeout_ns;
        q->done = on_answer;
        q->arg = call;
        lookup_start(q);
    }
}

static void
ask_one(struct resp_commands *r, struct command *c,
        const struct command_line *line, bool length_only)
{
    const char *fault;
    struct target to;
    int status;

    if (line->narg == 3) {
        to.view = find_view(r, line->arg[1], &fault, &status);
        to.user = line->arg[2];
    } else {
        to = split_key(r, line->arg[1], &fault, &status);
    }
    if (to.view == NULL) {
        fail_users(r, c, NULL, 1, status, fault);
        return;
    }
    *(struct resp_call *)c->state =
        (struct resp_call){.resp = r, .command = c, .length_only = length_only};
    ask(r, c, line, to);
}

void
resp_get(struct resp_commands *r, struct command *c,
         const struct command_line *line)
{
    ask_one(r, c, line, false);
}

void
resp_strlen(struct resp_commands *r, struct command *c,
            const struct command_line *line)
{
    ask_one(r, c, line, true);
}

/* --------------------------------------------------------------- a batch */

static void
put_answers(const struct resp_call *call, const struct batch *b)
{
    struct buf *out = call->command->answer(call->command);

    resp_array(out, batch_size(b));
    for (size_t i = 0; i < batch_size(b); i++) {
        const struct answer *a = batch_answer(b, i);

        if (a->code == ANSWER_OK) {
            put_answer(out, &call->resp->body, batch_view(b, i)->name,
                       batch_user(b, i), SIZE_MAX, a);
        } else {
            resp_nil(out, call->command->resp3);
        }
    }
}

/* A default answer is for somebody who does not exist. */
static size_t
count_known(const struct batch *b)
{
    size_t n = 0;

    for (size_t i = 0; i < batch_size(b); i++) {
        enum outcome o = batch_answer(b, i)->outcome;

        n += o == OUTCOME_PRECOMPUTED || o == OUTCOME_LIVE;
    }
    return n;
}

static void
on_batch(void *arg, const struct batch *b)
{
    const struct resp_call *call = arg;
    struct command *c = call->command;

    for (size_t i = 0; i < batch_size(b); i++) {
        enum answer_code code = batch_answer(b, i)->code;

        if (!is_answer(code)) {
            fail(c, 503, explain(code));
            return;
        }
    }
    switch (call->kind) {
    case MANY_ANSWERS:
        put_answers(call, b);
        break;
    case MANY_EXISTS:
        resp_integer(c->answer(c), (int64_t)count_known(b));
        break;
    case MANY_TTL:
        resp_integer(c->answer(c), count_known(b) == 1 ? -1 : -2);
        break;
    }
    c->finish(c, 200);
}

/* Add the users that the line names from word `first` on; NULL: all are in. */
static const char *
add_users(struct resp_commands *r, const struct command_line *line,
          size_t first, struct batch *b, int *status)
{
    const char *fault = NULL;
    struct target to = {NULL, {NULL, 0}};

    if (first == 2) {
        to.view = find_view(r, line->arg[1], &fault, status);
    }
    for (size_t i = first; i < line->narg && fault == NULL; i++) {
        if (first == 2) {
            to.user = line->arg[i];
        } else {
            to = split_key(r, line->arg[i], &fault, status);
        }
        if (to.view != NULL && batch_add(b, to.view, to.user) != RC_OK) {
            *status = RESP_BAD;
            fault = "a user has 1 to 512 bytes";
        }
    }
    return fault;
}

static void
run_batch(struct resp_commands *r, struct command *c,
          const struct command_line *line, size_t first, bool probe)
{
    const struct batch_setup setup = {
        .dialect = DIALECT_RESP,
        .deadline_ns = line->arrived_ns + lookup_policy(r->lookup)->timeout_ns,
        .probe = probe,
        .done = on_batch,
        .arg = c->state,
    };
    size_t n = line->narg - first;
    struct batch *b = batch_create(r->lookup, &setup, n);
    int status = 503;
    const char *fault =
        b == NULL ? "out of memory" : add_users(r, line, first, b, &status);

    if (fault != NULL) {
        batch_destroy(&b);
        fail_users(r, c, NULL, n, status, fault);
    } else {
        batch_run(b);
    }
}

void
resp_many(struct resp_commands *r, struct command *c,
          const struct command_line *line)
{
    struct str name = line->arg[0];
    size_t first = str_eq_nocase(name, STR("hmget")) ? 2 : 1;
    size_t n = line->narg - first;
    enum many_kind kind = str_eq_nocase(name, STR("exists")) ? MANY_EXISTS
                          : str_eq_nocase(name, STR("ttl"))  ? MANY_TTL
                                                             : MANY_ANSWERS;

    if (n > BATCH_MAX) {
        fail_users(r, c, NULL, n, RESP_BAD, "at most 1000 users a command");
    } else if (lookup_tables(r->lookup) == NULL) {
        fail_users(r, c, NULL, n, 503, "store unavailable");
    } else {
        *(struct resp_call *)c->state =
            (struct resp_call){.resp = r, .command = c, .kind = kind};
        run_batch(r, c, line, first, kind != MANY_ANSWERS);
    }
}
