/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/reply.h"

#include <stdarg.h>
#include <stdio.h>

#define ERROR_BODY_MAX (256 * 1024)

static const struct {
    int status;
    const char *code;
    const char *hint;
    const char *headers;
} errors[] = {
    [REPLY_NOT_FOUND] = {404, "not_found",
                         "tables are at /v1, users at /v1/{table}/{user}", ""},
    [REPLY_METHOD] = {405, "method_not_allowed",
                      "the Allow header lists the methods", ""},
    [REPLY_FORBIDDEN] = {403, "forbidden",
                         "the admin listener stores features and explains", ""},
    [REPLY_BAD_PATH] = {400, "bad_path",
                        "percent-encode every byte of an id that is not a "
                        "letter, a digit or one of -._~",
                        ""},
    [REPLY_EMPTY_USER] = {400, "empty_user", "a user id has 1 to 512 bytes",
                          ""},
    [REPLY_LONG_USER] = {414, "user_too_long", "a user id has 1 to 512 bytes",
                         ""},
    [REPLY_PARAMETER] =
        {400, "bad_parameter",
         "known: timeout_ms=1..5000; for a ranking k=1..its top", ""},
    [REPLY_MEDIA_TYPE] = {415, "unsupported_media_type",
                          "send Content-Type: application/json", ""},
    [REPLY_JSON] = {400, "bad_json", "the body must be RFC 8259 JSON", ""},
    [REPLY_FIELD] = {400, "bad_field",
                     "known: \"features\" (an object), \"partial\" (a boolean)",
                     ""},
    [REPLY_MANY] = {400, "bad_field",
                    "known: \"users\" (a list of 1 to 1000 ids) or "
                    "\"instances\" (a list of 1 to 1000 rows)",
                    ""},
    [REPLY_ROW] = {400, "bad_row",
                   "a row is an object that names every feature, or a list in "
                   "the order of GET /v1/{table}",
                   ""},
    [REPLY_UNKNOWN_FEATURE] = {400, "unknown_feature",
                               "GET /v1/{table} lists the features", ""},
    [REPLY_BAD_FEATURE] = {400, "bad_feature",
                           "a feature is a number within float32's range, or "
                           "null when it is missing",
                           ""},
    [REPLY_MISSING_FEATURES] = {400, "missing_features",
                                "name every feature (null: missing), store "
                                "the user's row, or send \"partial\":true",
                                ""},
    [REPLY_UNKNOWN_TABLE] = {404, "unknown_table", "GET /v1 lists the tables",
                             ""},
    [REPLY_UNKNOWN_USER] = {404, "unknown_user",
                            "no stored prediction and no stored features; "
                            "POST features to score live",
                            ""},
    [REPLY_STORE] = {503, "store_unavailable",
                     "try again; the operator finds why at /health/ready",
                     "Retry-After: 1\r\n"},
    [REPLY_TABLE] = {503, "table_unavailable",
                     "try again; the operator finds why at /health/ready",
                     "Retry-After: 1\r\n"},
    [REPLY_COSTLY] = {503, "too_costly",
                      "scoring takes longer than the time that is left; "
                      "raise timeout_ms or try again",
                      "Retry-After: 1\r\n"},
    [REPLY_NOT_LIVE] = {501, "not_scored_live",
                        "a ranking made from candidate rows has no catalogue "
                        "to rank; make it with batchgen score --items",
                        ""},
    [REPLY_NO_STORE] = {501, "no_store",
                        "a server started with --redis stores features", ""},
    [REPLY_MEMORY] = {503, "overloaded", "try again", "Retry-After: 1\r\n"},
};

void
reply_text(struct buf *body, char *text)
{
    if (!str_is_utf8(str_of(text))) {
        for (char *c = text; *c != '\0'; c++) {
            *c = (unsigned char)*c >= 0x80 ? '?' : *c;
        }
    }
    buf_json_str(body, str_of(text));
}

static void
put_error(struct buf *body, enum reply_error error, struct str extra,
          char *text)
{
    buf_printf(body,
               "{\"error\":{\"code\":\"%s\",\"message\":", errors[error].code);
    reply_text(body, text);
    buf_c(body, ",\"hint\":");
    buf_json_str(body, str_of(errors[error].hint));
    if (extra.len > 0) {
        buf_char(body, ',');
        buf_str(body, extra);
    }
    buf_c(body, "}}\n");
}

static void
send_error(struct exchange *x, enum dialect dialect, enum reply_error error,
           struct str headers, struct str extra, char *text)
{
    struct buf body;

    buf_init(&body, ERROR_BODY_MAX);
    put_error(&body, error, extra, text);
    if (buf_failed(&body)) {
        buf_clear(&body);
        put_error(&body, error, (struct str){NULL, 0}, text);
    }

    struct http_answer a = {
        .status = errors[error].status,
        .dialect = dialect,
        .content_type = "application/json",
        .headers = headers,
        .body = buf_failed(&body) ? STR("{\"error\":{}}\n") : buf_view(&body),
    };

    x->respond(x, &a);
    buf_fini(&body);
}

void
reply_error(struct exchange *x, enum dialect dialect, enum reply_error error,
            struct str extra, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    send_error(x, dialect, error, str_of(errors[error].headers), extra, text);
}

const char *
reply_code(enum reply_error error)
{
    return errors[error].code;
}

void
reply_method(struct exchange *x, enum dialect dialect, const char *allow)
{
    char headers[128], text[128];

    snprintf(headers, sizeof(headers), "Allow: %s\r\n", allow);
    snprintf(text, sizeof(text), "this path answers %s", allow);
    send_error(x, dialect, REPLY_METHOD, str_of(headers), (struct str){NULL, 0},
               text);
}

void
reply_json(struct exchange *x, enum dialect dialect, const struct buf *body)
{
    struct http_answer a = {
        .status = 200,
        .dialect = dialect,
        .content_type = "application/json",
        .headers = STR("Cache-Control: no-store\r\n"),
        .body = buf_view(body),
    };

    if (buf_failed(body)) {
        reply_error(x, dialect, REPLY_MEMORY, (struct str){NULL, 0},
                    "the answer is too large");
        return;
    }
    x->respond(x, &a);
}
