/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * warm - servers load a generation as soon as it is ready, beside the live
 * one; commit waits for them, so that the switch is one pointer for each.
 */
#include "batchgen/stop.h"
#include "batchgen/table.h"

#define WARM_OPTION(X)                                                         \
    X(warm_wait, DURATION, "5s", "s", 0, 0,                                    \
      "before the commit, wait so long for servers to load it")

/*
 * Wait until every server that has said in <p>::servers that it is there
 * within the last 5 s has loaded uid, at most limit_ns. Servers that have not
 * by then are told of on stderr, and no error: they load it after the commit.
 */
MUST_USE enum rc warm_wait(const struct table *t, const char *uid,
                           uint64_t limit_ns, const struct stop *stop,
                           struct err *e);
