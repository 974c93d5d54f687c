/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET key, STRLEN key, HGET table user: a query.
 */
#include "lookup/api/native_render.h"
#include "lookup/api/resp_impl.h"

/* Kept in the command's state. */
struct call {
    struct resp_commands *resp;
    struct command *command;
    bool length_only;
};

_Static_assert(sizeof(struct call) <= COMMAND_STATE, "state");

static void
put_length(const struct call *call, const struct query *q,
           const struct answer *a)
{
    struct buf *body = &call->resp->body;

    buf_clear(body);
    native_render_answer(body, q->table, query_user(q), q->k, a);
    resp_integer(call->command->answer(call->command), (int64_t)body->len);
}

static void
put_answer(const struct call *call, const struct query *q,
           const struct answer *a)
{
    if (call->length_only) {
        put_length(call, q, a);
    } else {
        resp_answer(call->command->answer(call->command), q->table,
                    query_user(q), q->k, a);
    }
}

static void
put_unknown(const struct call *call)
{
    struct buf *out = call->command->answer(call->command);

    if (call->length_only) {
        resp_integer(out, 0);
    } else {
        resp_nil(out, call->command->resp3);
    }
}

static void
on_answer(void *arg, const struct query *q, const struct answer *a)
{
    const struct call *call = arg;
    struct command *c = call->command;

    c->about = query_about(q, a);
    if (a->code == ANSWER_OK) {
        put_answer(call, q, a);
        c->finish(c, 200);
    } else if (a->code == ANSWER_UNKNOWN_USER) {
        put_unknown(call);
        c->finish(c, 404);
    } else {
        resp_fail_answer(c, a->code);
    }
}

static void
ask(struct resp_commands *r, struct command *c, uint64_t arrived_ns,
    struct resp_target to)
{
    struct query *q = lookup_begin(r->lookup, to.view);

    if (q == NULL) {
        resp_fail_users(r, c, to.view, 1, RESP_NO_MEMORY);
    } else if (query_set_user(q, to.user) != RC_OK) {
        lookup_drop(q);
        resp_fail_users(r, c, to.view, 1, RESP_BAD_USER);
    } else {
        q->dialect = DIALECT_RESP;
        q->deadline_ns = arrived_ns + lookup_policy(r->lookup)->timeout_ns;
        q->done = on_answer;
        q->arg = c->state;
        lookup_start(q);
    }
}

static void
ask_one(struct resp_commands *r, struct command *c,
        const struct command_line *line, bool length_only)
{
    struct resp_fault fault;
    struct resp_target to =
        line->narg == 3 ? resp_target_of(r, line->arg[1], line->arg[2], &fault)
                        : resp_target_of_key(r, line->arg[1], &fault);

    if (to.view == NULL) {
        resp_fail_users(r, c, NULL, 1, fault);
        return;
    }
    *(struct call *)c->state = (struct call){r, c, length_only};
    ask(r, c, line->arrived_ns, to);
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
