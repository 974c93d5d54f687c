/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sniff - what a file is, from its first bytes; names are never trusted.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

enum sniff {
    SNIFF_JSON,     /* an XGBoost model as JSON */
    SNIFF_UBJSON,   /* the same as UBJSON */
    SNIFF_BINARY,   /* the same in the legacy binary format */
    SNIFF_SNAPSHOT, /* "CONFIG-offset:", what a pickled Booster holds */
    SNIFF_PICKLE,   /* a pickle of protocol 2 or later */
    SNIFF_GZIP,
    SNIFF_TAR,
    SNIFF_FOREIGN, /* none of these */
};

/* Tells them apart only: what it names may be damaged. */
enum sniff sniff(struct str bytes);

/* RC_REFUSED: what a SNIFF_FOREIGN file is, and what to do about it. */
MUST_USE enum rc sniff_refuse(struct str bytes, struct err *e);
