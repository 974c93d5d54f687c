/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * compare - two generations' records side by side, user by user.
 */
#include "batchgen/keep.h"

#define COMPARE_MOVERS 10
#define COMPARE_FIRST  10

/* A user whose first score moved. */
struct mover {
    struct str user; /* a view of the keep */
    float was, now;
};

/* A user whose record changed, or (was.p is NULL) who was added. */
struct difference {
    struct str user, was, now; /* views of the keeps */
};

struct compared {
    uint64_t added, gone;
    uint64_t changed, same; /* of the users in both: their records */
    double moved;           /* |now - was| of the first score, all of them */
    struct mover mover[COMPARE_MOVERS]; /* those that moved most, first */
    size_t nmover;
    struct difference first[COMPARE_FIRST]; /* by bucket and hash */
    size_t nfirst;
};

/*
 * Both keeps must be grouped into the same number of buckets. score_offset:
 * where in a record its first score is; SIZE_MAX: do not look at scores.
 */
void compare_records(const struct keep *was, const struct keep *now,
                     size_t score_offset, struct compared *out);
