/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * redis_wire - redis' other half: bytes to the socket, replies from it.
 *
 * Commands are formatted straight into `out` (hiredis' own formatting costs
 * more than all the rest of the client), sent as the socket takes them, and
 * replies are read whenever there are any, so neither side ever waits for the
 * other's full buffer:
 *
 *   0 ....... sent ....... out.len
 *     at Redis    unsent
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/table/topology.h"

#include <hiredis/hiredis.h>

struct redis {
    const struct topology *topology;
    redisContext *context;
    struct buf out;
    size_t sent;
    size_t pending; /* commands whose reply was not taken yet */
    uint64_t sum;   /* of integer replies since the last drain */
    bool lost;
    bool denied; /* it would not have us when we came back */
    char name[300];
};

static inline size_t
redis_unsent(const struct redis *r)
{
    return r->out.len - r->sent;
}

/*
 * The command that was begun has all its words: count it. RC_UNAVAIL: lost
 * before; RC_NOMEM: it does not fit.
 */
MUST_USE enum rc redis_done(struct redis *r, struct err *e);

/*
 * Wait until the socket has or takes something, and move it. RC_UNAVAIL: the
 * connection is lost, or was silent for 30 s.
 */
MUST_USE enum rc redis_turn(struct redis *r, struct err *e);

/* The next reply that is here already, or NULL. Errors become rc. */
MUST_USE enum rc redis_take(struct redis *r, redisReply **out, struct err *e);
