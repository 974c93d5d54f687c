/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http - HTTP/1 on a connection: requests go to a handler, its answers get
 * their head and leave in order. What is not a request is answered with
 * section 6's JSON error and the connection closed.
 */
#include "lookup/api/exchange.h"
#include "lookup/net/http_head.h"
#include "lookup/net/proto.h"

/* For conn_open and listener_create; their arg is a struct http. */
extern const struct proto proto_http;

/* Those of lookup/README.md ("Limits"). */
extern const struct http_limits http_limits_default;

/* One worker's HTTP service. */
struct http;

/*
 * limits and stats must outlive it. handler is called with arg, once per
 * request. NULL when out of memory.
 */
struct http *http_create(const struct http_limits *limits,
                         http_handler_fn handler, void *arg,
                         struct net_stats *stats);

/* No connection may use it any more. NULL is fine. */
void http_destroy(struct http **h);
