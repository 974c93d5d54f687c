/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * clock - two clocks and the text of one of them.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdint.h>

#define CLOCK_ISO_MAX 32

/* CLOCK_MONOTONIC in ns: for deadlines and durations. */
uint64_t clock_mono_ns(void);

/* CLOCK_REALTIME in us since 1970: for stamps people read. */
uint64_t clock_wall_us(void);

/*
 * "2026-11-22T02:00:00Z", with ".000000" microseconds only when they are not
 * zero. Returns the length; out is NUL terminated.
 */
size_t clock_format_iso(uint64_t wall_us, char out[CLOCK_ISO_MAX]);

/* Reverse of the above; also takes plain "@<us>". RC_INVAL otherwise. */
MUST_USE enum rc clock_parse_iso(struct str s, uint64_t *wall_us);

/* "Sun, 22 Nov 2026 02:00:00 GMT" (RFC 9110 5.6.7), 29 bytes and a NUL. */
void clock_format_http(uint64_t wall_us, char out[CLOCK_ISO_MAX]);
