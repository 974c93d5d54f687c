/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * resp - RESP2 and RESP3 on a connection: commands go to a handler, its
 * answers leave in order. What is not a command is answered with a protocol
 * error and the connection closed.
 */
#include "lookup/api/command.h"
#include "lookup/net/proto.h"

/* For conn_open and listener_create; their arg is a struct resp. */
extern const struct proto proto_resp;

/* One worker's RESP service. */
struct resp;

/*
 * stats must outlive it. handler is called with arg, once per command. NULL
 * when out of memory.
 */
struct resp *resp_create(command_handler_fn handler, void *arg,
                         struct net_stats *stats);

/* No connection may use it any more. NULL is fine. */
void resp_destroy(struct resp **r);
