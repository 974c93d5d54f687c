/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * stop - one word all threads of a run look at: go on, or end and why.
 */
#include "common/base/rc.h"

#include <stdatomic.h>
#include <stdbool.h>

#define STOP_LEASE  (-1) /* somebody else holds the table now */
#define STOP_FAILED (-2) /* another thread failed, and says so itself */

struct stop {
    _Atomic int why; /* 0: go on; above 0: a signal's number */
};

static inline bool
stop_asked(const struct stop *s)
{
    return atomic_load_explicit(&s->why, memory_order_relaxed) != 0;
}

/* The first reason stays. */
void stop_ask(struct stop *s, int why);

/* The signal that ended the run, 0 if none did. */
int stop_signal(const struct stop *s);

/* RC_OK while the run goes on; else why it ends. */
MUST_USE enum rc stop_check(const struct stop *s, struct err *e);
