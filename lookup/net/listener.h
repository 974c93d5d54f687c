/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * listener - a bound port whose connections go to one worker's group. Every
 * worker has its own, on the same port: the kernel shares them out
 * (SO_REUSEPORT).
 */
#include "common/base/rc.h"
#include "lookup/net/conn.h"
#include "lookup/net/listen_addr.h"

struct listener;

/*
 * Can *a be bound by a server of its own? SO_REUSEPORT would hide one that
 * is there. Port 0 becomes the one that was free. *fd, to be closed by the
 * caller, keeps it taken meanwhile, from our own other ports too; -1 unless
 * RC_OK. RC_IO names the address.
 */
MUST_USE enum rc listener_probe(struct listen_addr *a, int *fd, struct err *e);

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
