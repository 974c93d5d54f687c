/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * pickle - find the Booster in a pickle without unpickling it: opcodes are
 * stepped over, nothing is built and nothing is called. Only a bare
 * xgboost.core.Booster is read, as SageMaker's containers write it.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdint.h>

struct pickle_booster {
    struct str raw;           /* a view of the pickle, or of `decoded` */
    struct buf decoded;       /* protocol 2 keeps bytes as latin-1 text */
    struct buf names;         /* of features, a NUL behind each */
    size_t nname;             /* 0: none, or made up by XGBoost (f0, f1) */
    int64_t best_iteration;   /* -1: not there */
    int64_t best_ntree_limit; /* -1: not there */
};

/* RC_REFUSED: not such a pickle, or a damaged one. pickle_fini afterwards. */
MUST_USE enum rc pickle_read(struct str bytes, struct pickle_booster *b,
                             struct err *e);

/* Fine after a pickle_read that failed. */
void pickle_fini(struct pickle_booster *b);
