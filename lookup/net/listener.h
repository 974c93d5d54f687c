/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * listener - a bound port whose connections go to one worker's group. Every
 * worker has its own, on the same port: the kernel shares them out
 * (SO_REUSEPORT).
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "lookup/net/conn.h"

#include <sys/socket.h>

struct listener;

struct listen_addr {
    struct sockaddr_storage sa;
    socklen_t len;
    char text[64]; /* "127.0.0.1:8080", "[::1]:8080" */
};

/*
 * "127.0.0.1:8080", "[::1]:8080", "name:8080", ":8080" (every IPv4 address);
 * port 0: any free one. May block on a name, so only at the start.
 */
MUST_USE enum rc listen_addr_parse(struct str s, struct listen_addr *a,
                                   struct err *e);

/*
 * Can *a be bound by a server of its own? SO_REUSEPORT would hide one that
 * is there. Port 0 becomes the one that was free. RC_IO names the address.
 */
MUST_USE enum rc listener_probe(struct listen_addr *a, struct err *e);

/*
 * Listen on *a and open each connection in g with proto and its arg. All must
 * outlive the listener. NULL: *e says why.
 */
struct listener *listener_create(const struct listen_addr *a,
                                 struct event_base *base, struct conn_group *g,
                                 const struct proto *proto, void *arg,
                                 struct net_stats *stats, struct err *e);

/* Take what the kernel has accepted already, then close the port. NULL ok. */
void listener_destroy(struct listener **l);
