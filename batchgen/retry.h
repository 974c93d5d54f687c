/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * retry - Redis went away in the middle of a step: wait until it is back,
 * and see that the table is still ours. The step is then done again from its
 * beginning: all its commands may be sent twice, and a Redis that came back
 * from its disk may have lost some it had acknowledged.
 */
#include "batchgen/publish.h"

#define RETRY_OPTION(X)                                                        \
    X(retry, DURATION, "30s", "s", 0, 0,                                       \
      "wait so long for a Redis that went away; 0: fail at once")

struct retry {
    struct redis *redis;     /* NULL: there is nothing that could go away */
    struct publish *publish; /* whose lease is looked after; NULL: none */
    const struct stop *stop;
    uint64_t left_ns; /* that may still be waited */
    int pause_ms;     /* before the next attempt; doubles */
};

/* redis, p and stop must outlive it. limit_ns: to wait in all. */
void retry_init(struct retry *r, struct redis *redis, struct publish *p,
                const struct stop *stop, uint64_t limit_ns);

/*
 * A step failed with *rc. True: Redis had gone, and is back. False: *rc and e
 * say why the run ends.
 */
bool retry_again(struct retry *r, enum rc *rc, struct err *e);
