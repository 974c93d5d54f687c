/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * reply - answers that are not predictions: the error object every native
 * error is, and small JSON bodies.
 */
#include "common/base/buf.h"
#include "lookup/api/exchange.h"

/* What goes wrong, in one table: status, code and what to do about it. */
enum reply_error {
    REPLY_NOT_FOUND,
    REPLY_METHOD,
    REPLY_FORBIDDEN,
    REPLY_BAD_PATH,
    REPLY_EMPTY_USER,
    REPLY_LONG_USER,
    REPLY_PARAMETER,
    REPLY_MEDIA_TYPE,
    REPLY_JSON,
    REPLY_FIELD,
    REPLY_MANY,
    REPLY_ROW,
    REPLY_UNKNOWN_FEATURE,
    REPLY_BAD_FEATURE,
    REPLY_MISSING_FEATURES,
    REPLY_UNKNOWN_TABLE,
    REPLY_UNKNOWN_USER,
    REPLY_STORE,
    REPLY_TABLE,
    REPLY_COSTLY,
    REPLY_NOT_LIVE,
    REPLY_NO_STORE,
    REPLY_MEMORY,
};

/*
 * Answer x with {"error":{"code","message","hint"}}; the message is the
 * printf text, and `extra`, if not empty, is appended inside the error object
 * as it is ("\"missing\":[...]").
 */
void reply_error(struct exchange *x, enum dialect dialect,
                 enum reply_error error, struct str extra, const char *fmt, ...)
    PRINTF_LIKE(5, 6);

/*
 * Append a message as a JSON string; it may name part of a request, cut within
 * a character, and is changed then.
 */
void reply_text(struct buf *body, char *text);

/* Its code in words. */
const char *reply_code(enum reply_error error);

/* 405 with the Allow header. */
void reply_method(struct exchange *x, enum dialect dialect, const char *allow);

/* A 200 with a JSON body that must not have failed; else 503. */
void reply_json(struct exchange *x, enum dialect dialect,
                const struct buf *body);
