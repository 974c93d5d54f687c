/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/listener.h"

#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#define BACKLOG          4096
#define ACCEPTS_PER_TURN 64
#define PAUSE_US         100000 /* after running out of descriptors */

struct listener {
    int fd;
    struct conn_group *group;
    const struct proto *proto;
    void *arg;
    struct net_stats *stats;
    struct event *acceptable;
    struct event *retry;
};

/* A socket that listens on *a, or -1. */
static int
listen_on(const struct listen_addr *a, bool shared, struct err *e)
{
    int one = 1;
    int fd =
        socket(a->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
        (shared &&
         setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) != 0) ||
        bind(fd, (const struct sockaddr *)&a->sa, a->len) != 0 ||
        listen(fd, BACKLOG) != 0) {
        (void)err_set(e, RC_IO, "cannot listen on %s: %s", a->text,
                      strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        return -1;
    }
    return fd;
}

enum rc
listener_probe(struct listen_addr *a, int *fd, struct err *e)
{
    struct listen_addr bound = *a;

    *fd = listen_on(a, false, e);
    if (*fd < 0) {
        return RC_IO;
    }
    if (getsockname(*fd, (struct sockaddr *)&bound.sa, &bound.len) == 0) {
        listen_addr_set_port(a, &bound);
    }
    return RC_OK;
}

/* Stop accepting for a while: the port would stay readable and we spin. */
static void
pause_accepting(struct listener *l)
{
    struct timeval tv = {.tv_usec = PAUSE_US};

    (void)event_del(l->acceptable);
    (void)event_add(l->retry, &tv);
}

/* False: there was none. */
static bool
accept_one(struct listener *l)
{
    int one = 1;
    int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        conn_open(l->group, fd, l->proto, l->arg);
        return true;
    }
    if (errno == ECONNABORTED || errno == EINTR) {
        return true;
    }
    if (errno != EAGAIN) { /* EMFILE, mostly */
        counter_add(&l->stats->accept_errors, 1);
        pause_accepting(l);
    }
    return false;
}

static void
on_acceptable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    for (size_t i = 0; i < ACCEPTS_PER_TURN && accept_one(arg); i++) {
    }
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
    struct listener *l = arg;

    (void)fd, (void)what;
    (void)event_add(l->acceptable, NULL);
}

static void
close_port(struct listener **l)
{
    if ((*l)->acceptable != NULL) {
        event_free((*l)->acceptable);
    }
    if ((*l)->retry != NULL) {
        event_free((*l)->retry);
    }
    if ((*l)->fd >= 0) {
        (void)close((*l)->fd);
    }
    free(*l);
    *l = NULL;
}

struct listener *
listener_create(const struct listen_addr *a, struct event_base *base,
                struct conn_group *g, const struct proto *proto, void *arg,
                struct net_stats *stats, struct err *e)
{
    struct listener *l = calloc(1, sizeof(*l));

    if (l == NULL) {
        (void)err_set(e, RC_NOMEM, "out of memory");
        return NULL;
    }
    l->group = g;
    l->proto = proto;
    l->arg = arg;
    l->stats = stats;
    l->fd = listen_on(a, true, e);
    if (l->fd < 0) {
        goto fail;
    }
    l->acceptable =
        event_new(base, l->fd, EV_READ | EV_PERSIST, on_acceptable, l);
    l->retry = evtimer_new(base, on_retry, l);
    if (l->acceptable == NULL || l->retry == NULL ||
        event_add(l->acceptable, NULL) != 0) {
        (void)err_set(e, RC_NOMEM, "out of memory");
        goto fail;
    }
    return l;

fail:
    close_port(&l);
    return NULL;
}

void
listener_destroy(struct listener **l)
{
    if (*l == NULL) {
        return;
    }
    while (accept_one(*l)) {
    }
    close_port(l);
}
