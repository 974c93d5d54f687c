/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * shortlist - the best of each user's candidates.
 */
#include "batchgen/keep.h"
#include "common/table/record.h"

struct shortlist {
    size_t top; /* items of a user at most */
    enum record_encoding encoding;
    uint32_t nitem; /* all items are below */

    /* Results. */
    uint64_t users;
    uint64_t listed;    /* candidates that are among the best */
    uint64_t duplicate; /* came again for the same user: the last counts */
    uint64_t beaten;    /* the others */
    size_t longest;     /* bytes of a record */
};

/*
 * Of n candidates (each a row of `from`, a struct record_item its payload)
 * make a row for each user, the record its payload. Score down, NaN last, then
 * in the order they were added. `from` is grouped anew. RC_NOMEM.
 */
MUST_USE enum rc shortlist_make(struct shortlist *s, struct keep *from,
                                uint64_t n, struct keep *to, struct err *e);
