/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/rate.h"

#include "common/base/clock.h"

#include <poll.h>

#define NS_PER_S  UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)
#define SLACK_NS  (10 * NS_PER_MS)
#define SLICE_MS  100 /* between two looks at stop */

void
rate_init(struct rate *r, uint64_t rows_per_s)
{
    *r = (struct rate){.rows_per_s = rows_per_s};
}

uint64_t
rate_take(struct rate *r, uint64_t nrow, uint64_t now_ns)
{
    if (r->rows_per_s == 0) {
        return 0;
    }
    if (r->due_ns + SLACK_NS < now_ns) {
        r->due_ns = now_ns - SLACK_NS;
    }
    r->due_ns += nrow * NS_PER_S / r->rows_per_s;
    return r->due_ns > now_ns + SLACK_NS ? r->due_ns - now_ns : 0;
}

enum rc
rate_wait(struct rate *r, uint64_t ns, const struct stop *stop, struct err *e)
{
    uint64_t now = clock_mono_ns(), end = now + ns;
    enum rc rc = RC_OK;

    r->waited_ns += ns;
    while (rc == RC_OK && now < end) {
        uint64_t ms = (end - now + NS_PER_MS - 1) / NS_PER_MS;

        poll(NULL, 0, ms < SLICE_MS ? (int)ms : SLICE_MS);
        rc = stop_check(stop, e);
        now = clock_mono_ns();
    }
    return rc;
}
