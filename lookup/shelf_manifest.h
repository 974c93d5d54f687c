/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * shelf_manifest - the file that remembers what was live of one table.
 */
#include "common/base/rc.h"
#include "common/table/manifest.h"

#include <stdint.h>

/* What is remembered of a manifest. */
struct shelf_manifest {
    uint64_t seq;
    uint64_t live; /* 0: nothing was live */
    char live_uid[UID_SIZE];
};

/* The file is written whole or not at all. RC_IO, RC_NOMEM. */
MUST_USE enum rc shelf_manifest_write(const struct shelf_manifest *m,
                                      const char *path, struct err *e);

/*
 * *m is written only on RC_OK. RC_NOMEM, or anything else: the file cannot be
 * used, and the message says why.
 */
MUST_USE enum rc shelf_manifest_read(struct shelf_manifest *m, const char *path,
                                     struct err *e);
