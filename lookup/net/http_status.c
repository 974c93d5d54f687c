/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/http_status.h"

#include "common/base/check.h"

/*    status reason                             code */
#define STATUS(X)                                                              \
    X(200, "OK", NULL)                                                         \
    X(204, "No Content", NULL)                                                 \
    X(304, "Not Modified", NULL)                                               \
    X(400, "Bad Request", "bad_request")                                       \
    X(401, "Unauthorized", "unauthorized")                                     \
    X(403, "Forbidden", "forbidden")                                           \
    X(404, "Not Found", "not_found")                                           \
    X(405, "Method Not Allowed", "method_not_allowed")                         \
    X(406, "Not Acceptable", "not_acceptable")                                 \
    X(408, "Request Timeout", "timeout")                                       \
    X(409, "Conflict", "conflict")                                             \
    X(411, "Length Required", "length_required")                               \
    X(413, "Content Too Large", "body_too_large")                              \
    X(414, "URI Too Long", "uri_too_long")                                     \
    X(415, "Unsupported Media Type", "unsupported_media_type")                 \
    X(424, "Failed Dependency", "failed_dependency")                           \
    X(429, "Too Many Requests", "too_many_requests")                           \
    X(431, "Request Header Fields Too Large", "head_too_large")                \
    X(500, "Internal Server Error", "internal")                                \
    X(501, "Not Implemented", "not_implemented")                               \
    X(503, "Service Unavailable", "unavailable")                               \
    X(504, "Gateway Timeout", "timeout")                                       \
    X(505, "HTTP Version Not Supported", "version_not_supported")

#define LINE(status, reason)                                                   \
    {                                                                          \
        "HTTP/1.1 " #status " " reason "\r\n",                                 \
            sizeof("HTTP/1.1 " #status " " reason "\r\n") - 1                  \
    }

static const struct http_status table[] = {
#define ROW(status, reason, code) {status, LINE(status, reason), code},
    STATUS(ROW)
#undef ROW
};

const struct http_status *
http_status_find(int status)
{
    size_t i = 0;

    while (table[i].status != status) {
        CHECK(++i < sizeof(table) / sizeof(table[0]));
    }
    return &table[i];
}
