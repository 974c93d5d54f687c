/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/stop.h"

#include <string.h>

void
stop_ask(struct stop *s, int why)
{
    int none = 0;

    if (!atomic_compare_exchange_strong(&s->why, &none, why)) {
        return; /* it ends already, for the reason given first */
    }
}

int
stop_signal(const struct stop *s)
{
    int why = atomic_load(&s->why);

    return why > 0 ? why : 0;
}

enum rc
stop_check(const struct stop *s, struct err *e)
{
    int why = atomic_load(&s->why);

    if (why == 0) {
        return RC_OK;
    }
    if (why == STOP_LEASE) {
        return err_set(e, RC_CONFLICT,
                       "the lease on the table was lost: this run was paused "
                       "or cut off for over 30 s and another may have begun; "
                       "nothing was published");
    }
    return err_set(e, RC_FAILED, "stopped by %s: nothing was published",
                   why > 0 ? strsignal(why) : "a failure");
}
