/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * repair - what libxgboost 1.7.4 would load and then mis-score without a
 * word: put right by editing the bytes, or refused with the remedy. Also what
 * the bytes say about who saved them.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>

struct repair {
    char saved_by[24];
    char what[160];   /* what was repaired; "" when nothing was */
    struct buf bytes; /* the repaired file, when something was */
};

/* `bytes` is what sniff took for JSON or UBJSON. RC_REFUSED, RC_NOMEM. */
MUST_USE enum rc repair_document(struct str bytes, bool ubjson,
                                 struct repair *r, struct err *e);

/* The same for the legacy binary format. */
MUST_USE enum rc repair_binary(struct str bytes, struct repair *r,
                               struct err *e);

/* Nothing said and nothing repaired: before either of the above. */
void repair_init(struct repair *r);
void repair_fini(struct repair *r);

/* Append a note to r->what. */
void repair_note(struct repair *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
