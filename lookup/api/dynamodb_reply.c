/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/dynamodb_reply.h"

#include "common/base/hash.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <zlib.h>

static const struct {
    int status;
    const char *type;
} errors[] = {
    [DYNAMODB_VALIDATION] = {400, "ValidationException"},
    [DYNAMODB_SERIALIZATION] = {400, "SerializationException"},
    [DYNAMODB_UNKNOWN_OPERATION] = {400, "UnknownOperationException"},
    [DYNAMODB_NOT_FOUND] = {400, "ResourceNotFoundException"},
    [DYNAMODB_THROTTLED] = {400, "ThrottlingException"},
    [DYNAMODB_INTERNAL] = {500, "InternalServerError"},
};

enum rc
dynamodb_refuse(struct dynamodb_fault *fault, enum dynamodb_error error,
                const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(fault->why.text, sizeof(fault->why.text), fmt, ap);
    va_end(ap);
    fault->error = error;
    return RC_INVAL;
}

static void
send_status(struct desk *d, struct exchange *x, int status)
{
    char id[17];
    uLong crc = crc32(0, (const Bytef *)d->body.p, (uInt)d->body.len);

    hash_random_uid(id);
    buf_clear(&d->headers);
    buf_printf(&d->headers, "x-amzn-RequestId: %s\r\nx-amz-crc32: %lu\r\n", id,
               crc);

    struct http_answer a = {
        .status = status,
        .dialect = DIALECT_DYNAMODB,
        .content_type = "application/x-amz-json-1.0",
        .headers = buf_failed(&d->headers) ? (struct str){NULL, 0}
                                           : buf_view(&d->headers),
        .body = buf_view(&d->body),
    };

    x->respond(x, &a);
}

void
dynamodb_fail(struct desk *d, struct exchange *x, struct dynamodb_fault *fault)
{
    buf_clear(&d->body);
    buf_printf(&d->body,
               "{\"__type\":\"com.amazonaws.dynamodb.v20120810#%s\","
               "\"message\":",
               errors[fault->error].type);
    reply_text(&d->body, fault->why.text);
    buf_char(&d->body, '}');
    send_status(d, x, errors[fault->error].status);
}

void
dynamodb_send(struct desk *d, struct exchange *x)
{
    if (buf_failed(&d->body)) {
        struct dynamodb_fault fault = {DYNAMODB_INTERNAL,
                                       {"the answer is too large"}};

        dynamodb_fail(d, x, &fault);
    } else {
        send_status(d, x, 200);
    }
}
