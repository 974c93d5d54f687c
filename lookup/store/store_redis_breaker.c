/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis_breaker.h"

bool
redis_breaker_pass(struct redis_breaker *b, uint64_t now_ns)
{
    if (!b->is_open) {
        return true;
    }
    if (now_ns < b->probe_ns) {
        return false;
    }
    b->probe_ns = now_ns + STORE_PROBE_NS;
    return true;
}

void
redis_breaker_miss(struct redis_breaker *b, uint64_t patient_ns,
                   uint64_t now_ns)
{
    if (!b->is_open && now_ns >= patient_ns) {
        b->is_open = true;
        b->probe_ns = now_ns + STORE_PROBE_NS;
    }
}

void
redis_breaker_hear(struct redis_breaker *b, bool in_time, uint64_t patient_ns,
                   uint64_t heard_ns)
{
    b->is_open = b->is_open && !in_time && heard_ns >= patient_ns;
}

void
redis_breaker_reset(struct redis_breaker *b)
{
    b->is_open = false;
}
