/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MGET, HMGET, EXISTS, TTL: a batch.
 */
#include "lookup/api/resp_impl.h"

#include "lookup/core/batch.h"

enum many_kind {
    MANY_ANSWERS,
    MANY_EXISTS,
    MANY_TTL
};

/* Kept in the command's state. */
struct call {
    struct resp_commands *resp;
    struct command *command;
    enum many_kind kind;
};

_Static_assert(sizeof(struct call) <= COMMAND_STATE, "state");

static void
put_answers(const struct call *call, const struct batch *b)
{
    struct buf *out = call->command->answer(call->command);

    resp_array(out, batch_size(b));
    for (size_t i = 0; i < batch_size(b); i++) {
        const struct answer *a = batch_answer(b, i);

        if (a->code == ANSWER_OK) {
            resp_answer(out, batch_view(b, i)->name, batch_user(b, i), SIZE_MAX,
                        a);
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
put(const struct call *call, const struct batch *b)
{
    struct buf *out = call->command->answer(call->command);

    switch (call->kind) {
    case MANY_ANSWERS:
        put_answers(call, b);
        break;
    case MANY_EXISTS:
        resp_integer(out, (int64_t)count_known(b));
        break;
    case MANY_TTL:
        resp_integer(out, count_known(b) == 1 ? -1 : -2);
        break;
    }
}

static bool
is_answer(enum answer_code code)
{
    return code == ANSWER_OK || code == ANSWER_UNKNOWN_USER;
}

static void
on_batch(void *arg, const struct batch *b)
{
    const struct call *call = arg;
    struct command *c = call->command;

    for (size_t i = 0; i < batch_size(b); i++) {
        enum answer_code code = batch_answer(b, i)->code;

        if (!is_answer(code)) {
            resp_fail_answer(c, code);
            return;
        }
    }
    put(call, b);
    c->finish(c, 200);
}

static bool
add(struct batch *b, struct resp_target to, struct resp_fault *fault)
{
    if (to.view == NULL) {
        return false;
    }
    if (batch_add(b, to.view, to.user) != RC_OK) {
        *fault = RESP_BAD_USER;
        return false;
    }
    return true;
}

static bool
add_keys(struct resp_commands *r, const struct command_line *line,
         struct batch *b, struct resp_fault *fault)
{
    bool ok = true;

    for (size_t i = 1; ok && i < line->narg; i++) {
        ok = add(b, resp_target_of_key(r, line->arg[i], fault), fault);
    }
    return ok;
}

static bool
add_users(struct resp_commands *r, const struct command_line *line,
          struct batch *b, struct resp_fault *fault)
{
    struct resp_target to =
        resp_target_of(r, line->arg[1], line->arg[2], fault);
    bool ok = true;

    for (size_t i = 2; ok && i < line->narg; i++) {
        to.user = line->arg[i];
        ok = add(b, to, fault);
    }
    return ok;
}

/* What the words from `first` on name. */
static void
run(struct resp_commands *r, struct command *c, const struct command_line *line,
    size_t first, bool probe)
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
    struct resp_fault fault = RESP_NO_MEMORY;

    if (b != NULL && (first == 2 ? add_users(r, line, b, &fault)
                                 : add_keys(r, line, b, &fault))) {
        batch_run(b);
    } else {
        batch_destroy(&b);
        resp_fail_users(r, c, NULL, n, fault);
    }
}

static enum many_kind
kind_of(struct str name)
{
    return str_eq_nocase(name, STR("exists")) ? MANY_EXISTS
           : str_eq_nocase(name, STR("ttl"))  ? MANY_TTL
                                              : MANY_ANSWERS;
}

void
resp_many(struct resp_commands *r, struct command *c,
          const struct command_line *line)
{
    const struct resp_fault too_many = {RESP_BAD,
                                        "at most 1000 users a command"};
    const struct resp_fault unread = {503, "store unavailable"};
    size_t first = str_eq_nocase(line->arg[0], STR("hmget")) ? 2 : 1;
    size_t n = line->narg - first;
    enum many_kind kind = kind_of(line->arg[0]);

    if (n > BATCH_MAX) {
        resp_fail_users(r, c, NULL, n, too_many);
    } else if (lookup_tables(r->lookup) == NULL) {
        resp_fail_users(r, c, NULL, n, unread);
    } else {
        *(struct call *)c->state = (struct call){r, c, kind};
        run(r, c, line, first, kind != MANY_ANSWERS);
    }
}
