/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * resolver - the numeric address of a host that is known by its name. The C
 * library knows it, but cannot be told how long to wait for a name server; so
 * a thread asks, and whoever wants to know waits as long as they like.
 */
#include "common/base/rc.h"
#include "common/table/topology.h"

#include <stdint.h>

struct resolver;

/* host is copied. NULL: no memory, or no thread. */
struct resolver *resolver_create(const char *host);

/* Waits for the answer to a question under way. Nulls; NULL is fine. */
void resolver_destroy(struct resolver **r);

/*
 * An IPv4 address of the host, IPv6 if it has none; of several, the next one
 * with each call. RC_TIMEOUT: not known by then (CLOCK_MONOTONIC); the answer,
 * when it comes, is for the next call. RC_UNAVAIL: it has none.
 */
MUST_USE enum rc resolver_ask(struct resolver *r, uint64_t deadline_ns,
                              char address[ADDRESS_MAX], struct err *e);
