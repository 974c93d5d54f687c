/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dynamodb_reply - answers and errors in the form that clients of DynamoDB
 * check: a request id, the CRC-32 of the body, errors by type.
 */
#include "lookup/api/desk.h"

enum dynamodb_error {
    DYNAMODB_VALIDATION,
    DYNAMODB_SERIALIZATION,
    DYNAMODB_UNKNOWN_OPERATION,
    DYNAMODB_NOT_FOUND,
    DYNAMODB_THROTTLED, /* clients wait, then ask again */
    DYNAMODB_INTERNAL,  /* likewise */
};

/* Why a request is refused. */
struct dynamodb_fault {
    enum dynamodb_error error;
    struct err why;
};

/* Fill the fault and return RC_INVAL. */
enum rc dynamodb_refuse(struct dynamodb_fault *fault, enum dynamodb_error error,
                        const char *fmt, ...) PRINTF_LIKE(3, 4);

/* 200 with the desk's body. */
void dynamodb_send(struct desk *d, struct exchange *x);

/* An error; its text may be changed. */
void dynamodb_fail(struct desk *d, struct exchange *x,
                   struct dynamodb_fault *fault);
