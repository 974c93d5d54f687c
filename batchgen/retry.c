/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/retry.h"

#include <poll.h>
#include <stdio.h>

#define NS_PER_MS    UINT64_C(1000000)
#define PAUSE_MS     50
#define PAUSE_MS_MAX 1000

void
retry_init(struct retry *r, struct redis *redis, struct publish *p,
           const struct stop *stop, uint64_t limit_ns)
{
    *r = (struct retry){
        .redis = redis,
        .publish = p,
        .stop = stop,
        .left_ns = limit_ns,
        .pause_ms = PAUSE_MS,
    };
}

/* False when there is nothing left to wait, or no reason to. */
static bool
pause(struct retry *r)
{
    uint64_t ns = (uint64_t)r->pause_ms * NS_PER_MS;

    if (r->left_ns < ns || stop_asked(r->stop)) {
        return false;
    }
    poll(NULL, 0, r->pause_ms);
    r->left_ns -= ns;
    r->pause_ms *= 2;
    r->pause_ms = r->pause_ms > PAUSE_MS_MAX ? PAUSE_MS_MAX : r->pause_ms;
    return true;
}

bool
retry_again(struct retry *r, enum rc *rc, struct err *e)
{
    if (r->redis == NULL || !redis_may_return(r->redis) || r->left_ns == 0) {
        return false;
    }
    fprintf(stderr, "%s; trying again for %.3g s\n", e->text,
            (double)r->left_ns / 1e9);
    while (*rc == RC_UNAVAIL && redis_may_return(r->redis) && pause(r)) {
        *rc = redis_reopen(r->redis, e);
        if (*rc == RC_OK && r->publish != NULL) {
            *rc = publish_check(r->publish, e);
        }
    }
    return *rc == RC_OK;
}
