/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * client - sends at a fixed rate whatever the answers do, over keep-alive
 * connections with one request each under way. A request that finds no free
 * connection waits, and its latency counts from when it was due.
 */
#include "common/base/rc.h"
#include "tests/support/steady/expect.h"
#include "tests/support/steady/tally.h"

#include <netinet/in.h>
#include <stdint.h>

struct client_plan {
    struct sockaddr_in server;
    const char *table;
    uint64_t rate; /* requests a second */
    uint64_t total;
    uint64_t connections;
    uint64_t timeout_ns; /* from sending to the whole answer */
    uint64_t seed;       /* of the order in which users are asked for */
};

/*
 * Run the plan to its end, filling *t. RC_UNAVAIL: not all connections could
 * be made at the start. Blocks.
 */
MUST_USE enum rc client_run(const struct client_plan *plan,
                            const struct expect *x, struct tally *t,
                            struct err *e);
