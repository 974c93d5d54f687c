/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * source_manifest - a list of files as SageMaker has it: [{"prefix": "in/"},
 * "a.csv", "b.csv"]. Prefixes are local; a relative one begins where the
 * manifest lies.
 */
#include "common/base/rc.h"

#include <stdbool.h>
#include <stddef.h>

struct source_manifest {
    char **path;
    size_t n;
};

/* By its first bytes, whatever the file is called. */
bool source_manifest_is(const char *path);

/* RC_IO, RC_REFUSED, RC_NOMEM. source_manifest_fini in any case. */
MUST_USE enum rc source_manifest_read(struct source_manifest *m,
                                      const char *path, struct err *e);
void source_manifest_fini(struct source_manifest *m);
