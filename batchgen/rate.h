/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rate - a bucket of tokens: so many rows a second, and no more, so that a
 * Redis that serves meanwhile is left time to.
 */
#include "batchgen/stop.h"
#include "common/base/rc.h"

#include <stdint.h>

#define RATE_OPTION(X)                                                         \
    X(rate, UINT, "0", "rows/s", 0, 0,                                         \
      "write no faster than this to Redis; 0: as fast as it takes them")

struct rate {
    uint64_t rows_per_s; /* 0: no limit */
    uint64_t due_ns;     /* when the rows so far may all have been written */
    uint64_t waited_ns;
};

void rate_init(struct rate *r, uint64_t rows_per_s);

/*
 * nrow more are written. Nanoseconds to wait before the next, 0 most of the
 * time: waits under 10 ms are saved up, and so is idle time up to 10 ms.
 */
uint64_t rate_take(struct rate *r, uint64_t nrow, uint64_t now_ns);

/* Wait so long, but not past a stop: stop_check. */
MUST_USE enum rc rate_wait(struct rate *r, uint64_t ns, const struct stop *stop,
                           struct err *e);
