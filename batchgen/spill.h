/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * spill - bytes that are too many for memory, in a file of $TMPDIR (/tmp)
 * without a name, which is gone when the process is.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdint.h>

struct spill {
    int fd; /* -1: nothing was written yet */
    uint64_t size;
    char *mapped; /* NULL: not mapped */
    uint64_t mapped_size;
};

void spill_init(struct spill *s);
void spill_fini(struct spill *s);

/* Append; *offset: where they are. RC_IO: the place is full, or not there. */
MUST_USE enum rc spill_write(struct spill *s, struct str bytes,
                             uint64_t *offset);

/*
 * All that was written, to be read at *base + offset until the next call.
 * RC_NOMEM.
 */
MUST_USE enum rc spill_map(struct spill *s, const char **base);
