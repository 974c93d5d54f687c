/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sandbox - do something that may crash, hang or eat all memory in a child
 * process under limits. It forks: call it before threads are started.
 */
#include "common/base/rc.h"

#include <stddef.h>

typedef enum rc (*sandbox_fn)(void *arg, struct err *e);

struct sandbox_limit {
    size_t memory_bytes; /* on top of what the process has now */
    unsigned cpu_s;      /* the clock on the wall gets four times as much */
};

/*
 * What fn returned and said. RC_REFUSED also when the child was killed, with
 * what it died of; RC_FAILED when no child could be made.
 */
MUST_USE enum rc sandbox_run(sandbox_fn fn, void *arg,
                             struct sandbox_limit limit, struct err *e);
