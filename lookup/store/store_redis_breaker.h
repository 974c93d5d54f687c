/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store_redis_breaker - whether a Redis that stopped answering is to be asked.
 * Closed at first, which all zero is. Opens when a read misses its deadline
 * for which the caller's haste is not to blame; then one read per
 * STORE_PROBE_NS is let through, until one of them is answered in time. Times
 * are CLOCK_MONOTONIC, and given: it reads no clock.
 */
#include <stdbool.h>
#include <stdint.h>

#define STORE_PROBE_NS 100000000ull

struct redis_breaker {
    bool is_open;
    uint64_t probe_ns; /* while it is open: when the next read may go */
};

/* May a read be sent now? While it is open, that takes the probe's turn. */
bool redis_breaker_pass(struct redis_breaker *b, uint64_t now_ns);

/*
 * A read has missed its deadline. patient_ns: until when Redis was owed
 * patience, however early that deadline was.
 */
void redis_breaker_miss(struct redis_breaker *b, uint64_t patient_ns,
                        uint64_t now_ns);

/* A read was answered: before its deadline, or before patient_ns? */
void redis_breaker_hear(struct redis_breaker *b, bool in_time,
                        uint64_t patient_ns, uint64_t heard_ns);

/* A new connection has missed nothing. */
void redis_breaker_reset(struct redis_breaker *b);
