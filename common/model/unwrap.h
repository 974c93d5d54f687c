/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * unwrap - from the bytes of a file to the bytes libxgboost shall load: out of
 * archive, pickle and snapshot, and repaired. libxgboost is not needed here.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/model/pickle.h"
#include "common/model/repair.h"

#include <stdint.h>

struct unwrapped {
    struct str bytes;     /* a view of the input, or of what follows */
    const char *format;   /* "json", "ubjson", "binary" */
    struct repair repair; /* what was repaired, who saved it */
    struct pickle_booster pickle;
    struct buf inflated;
};

/*
 * RC_REFUSED: not a model, or one that would be mis-scored; e says what it is
 * and what to do. unwrap_fini afterwards, whatever came of it.
 */
MUST_USE enum rc unwrap(struct str bytes, struct unwrapped *u, struct err *e);

void unwrap_fini(struct unwrapped *u);
