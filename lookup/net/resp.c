/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/resp.h"

#include "common/base/clock.h"
#include "lookup/net/resp_parse.h"

#include <stdlib.h>

struct resp {
    command_handler_fn handler;
    void *arg;
    struct net_stats *stats;
    uint64_t last_id;        /* of a session */
    struct resp_words words; /* of the command being parsed */
};

struct resp_turn {
    struct turn turn;
    struct resp *resp;
    uint64_t arrived_ns;
    struct command c;
};

struct resp *
resp_create(command_handler_fn handler, void *arg, struct net_stats *stats)
{
    struct resp *r = calloc(1, sizeof(*r));

    if (r != NULL) {
        r->handler = handler;
        r->arg = arg;
        r->stats = stats;
    }
    return r;
}

void
resp_destroy(struct resp **r)
{
    free(*r);
    *r = NULL;
}

static struct resp_turn *
turn_of(struct command *c)
{
    return (struct resp_turn *)((char *)c - offsetof(struct resp_turn, c));
}

static struct buf *
on_answer(struct command *c)
{
    return conn_answer(&turn_of(c)->turn);
}

static void
on_finish(struct command *c, int status)
{
    struct resp_turn *t = turn_of(c);

    net_stats_request(t->resp->stats, DIALECT_RESP, status, c->about,
                      t->arrived_ns);
    conn_finish(&t->turn);
}

static struct resp_turn *
begin(struct conn *c)
{
    const struct session *s = conn_state(c);
    struct resp_turn *t = (struct resp_turn *)conn_begin(c);

    if (t != NULL) {
        t->resp = conn_arg(c);
        t->arrived_ns = conn_now_ns(c);
        t->c.answer = on_answer;
        t->c.finish = on_finish;
        t->c.resp3 = s->resp3;
        t->c.about = (struct about){0, 0};
    }
    return t;
}

static void
serve(struct conn *c)
{
    struct resp *r = conn_arg(c);
    struct session *s = conn_state(c);
    struct resp_turn *t = begin(c);

    if (t == NULL) {
        return;
    }
    if (s->id == 0) {
        s->id = ++r->last_id;
    }
    const struct command_line line = {
        .arg = r->words.arg,
        .narg = r->words.narg,
        .session = s,
        .arrived_ns = t->arrived_ns,
    };

    r->handler(r->arg, &t->c, &line);
    if (s->is_over) {
        conn_stop(c, NET_CLOSED_SERVER);
    }
}

static void
refuse_command(struct conn *c)
{
    struct resp *r = conn_arg(c);
    struct resp_turn *t = begin(c);

    conn_stop(c, NET_CLOSED_BROKEN);
    if (t != NULL) {
        buf_printf(on_answer(&t->c), "-ERR %s\r\n", r->words.why);
        on_finish(&t->c, 400);
    }
}

static size_t
parse(struct conn *c, char *p, size_t *len)
{
    struct resp *r = conn_arg(c);
    size_t done = 0;

    while (done < *len && conn_room(c)) {
        ssize_t taken = resp_parse(p + done, *len - done, &r->words);

        if (taken == RESP_MORE) {
            break;
        }
        if (taken == RESP_BROKEN) {
            refuse_command(c);
            break;
        }
        done += (size_t)taken;
        if (r->words.narg > 0) {
            serve(c);
        }
    }
    return done;
}

static void
refuse(void *arg, enum conn_refusal why, struct buf *out)
{
    struct resp *r = arg;

    buf_c(out, why == CONN_TOO_SLOW
                   ? "-ERR the command did not come in time\r\n"
                   : "-ERR max number of clients reached\r\n");
    net_stats_request(r->stats, DIALECT_RESP, why == CONN_TOO_SLOW ? 408 : 503,
                      (struct about){0, 0}, clock_mono_ns());
}

const struct proto proto_resp = {
    .name = "resp",
    .conn_bytes = sizeof(struct session),
    .turn_bytes = sizeof(struct resp_turn),
    .parse = parse,
    .refuse = refuse,
};
