/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dialect - the wire languages an answer is counted under.
 */

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

/* Label values in metrics, indexed by enum dialect. */
#define DIALECT_NAMES                                                          \
    {                                                                          \
        "none", "native", "sagemaker", "dynamodb", "oip", "resp", "admin"      \
    }
