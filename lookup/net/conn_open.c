/* SPDX-License-Identifier: Apache-2.0 */
/* How a connection begins, or is sent away. */
#include "common/base/check.h"
#include "common/base/clock.h"
#include "lookup/net/conn_impl.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* The turns of that protocol, shared by all its connections. */
static struct turn_pool *
turns_of(struct conn_group *g, const struct proto *proto)
{
    size_t i = 0;

    while (g->pool[i].proto != NULL && g->pool[i].proto != proto) {
        CHECK(++i < CONN_PROTO_MAX);
    }
    g->pool[i].proto = proto;
    g->pool[i].turns.turn_bytes = proto->turn_bytes;
    g->pool[i].turns.held_max = g->options->output_bytes;
    g->pool[i].turns.limit = g->options->max_turns;
    g->pool[i].turns.bufs = &g->bufs;
    return &g->pool[i].turns;
}

/* What the client sent already is read, lest the kernel send RST at once. */
static void
refuse(struct conn_group *g, int fd, const struct proto *proto, void *arg)
{
    struct buf out;

    buf_init(&out, g->options->output_bytes);
    buf_pool_take(&g->bufs, &out);
    proto->refuse(arg, CONN_TOO_MANY, &out);
    if (recv(fd, g->scratch, sizeof(g->scratch), 0) != 0 && out.len > 0 &&
        send(fd, out.p, out.len, MSG_NOSIGNAL) > 0) {
        counter_add(&g->stats->sent_bytes, out.len);
    }
    buf_pool_give(&g->bufs, &out);
    counter_add(&g->stats->closed[NET_CLOSED_REFUSED], 1);
    (void)close(fd);
}

static struct conn *
create(struct conn_group *g, int fd, const struct proto *proto, void *arg)
{
    struct conn *c = calloc(1, sizeof(*c) + proto->conn_bytes);

    if (c == NULL) {
        return NULL;
    }
    c->magic = CONN_MAGIC;
    c->fd = fd;
    c->group = g;
    c->proto = proto;
    c->arg = arg;
    c->since_ns = g->now_ns = clock_mono_ns();
    buf_init(&c->in, g->options->input_bytes);
    line_init(&c->line, turns_of(g, proto));
    if (!conn_watch(c)) {
        free(c);
        return NULL;
    }
    return c;
}

void
conn_open(struct conn_group *g, int fd, const struct proto *proto, void *arg)
{
    struct conn *c = NULL;

    counter_add(&g->stats->accepted, 1);
    if (g->n < g->options->max_conns) {
        c = create(g, fd, proto, arg);
    }
    if (c == NULL) {
        refuse(g, fd, proto, arg);
        return;
    }
    TAILQ_INSERT_TAIL(&g->all, c, all);
    g->n++;
}
