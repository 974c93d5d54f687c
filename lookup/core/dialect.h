/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dialect - what answers are counted under: the wire language, the outcome, and
 * what else tells one kind of request from another.
 */
#include <stdint.h>

enum dialect {
    DIALECT_NONE, /* not understood well enough to say */
    DIALECT_NATIVE,
    DIALECT_SAGEMAKER,
    DIALECT_DYNAMODB,
    DIALECT_OIP,
    DIALECT_RESP,
    DIALECT_ADMIN,
    DIALECT_COUNT,
};

enum outcome {
    OUTCOME_PRECOMPUTED,
    OUTCOME_LIVE,
    OUTCOME_DEFAULT,
    OUTCOME_UNKNOWN,
    OUTCOME_ERROR,
    OUTCOME_COUNT,
};

/* The source an answer states, and the label it is counted under. */
#define OUTCOME_NAMES                                                          \
    {                                                                          \
        "precomputed", "live", "default", "unknown", "error"                   \
    }

/* What the predictions that a request asks for came to, for the counters. */
struct about {
    uint16_t table_id; /* 0: of none that is known, or of several */
    uint8_t source;    /* 1 + enum outcome of all; 0: none, or different ones */
};

#define ABOUT_SOURCES (1 + OUTCOME_COUNT) /* values of source */

/* Label values in metrics, indexed by enum dialect. */
#define DIALECT_NAMES                                                          \
    {                                                                          \
        "none", "native", "sagemaker", "dynamodb", "oip", "resp", "admin"      \
    }
