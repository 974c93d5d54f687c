/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * path - the parts of a request target. Paths are split at "/" first and
 * percent-decoded afterwards, once; "+" is itself.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stddef.h>

/*
 * Split path (from its first "/") into raw segments: "/v1/a//" gives "v1",
 * "a", "", "". Returns how many there are; more than max are counted, not
 * stored.
 */
size_t path_split(struct str path, struct str *segment, size_t max);

/*
 * Percent-decode raw into out (cap bytes, no NUL added); *len bytes.
 * RC_INVAL: a bad escape. RC_FULL: more than cap bytes.
 */
MUST_USE enum rc path_decode(struct str raw, char *out, size_t cap,
                             size_t *len);
