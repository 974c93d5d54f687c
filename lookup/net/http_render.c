/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An answer is rendered in one go into the room reserved for it: everything
 * but the date, the length and the handler's bytes is constant.
 *
 *   status line | Date | Content-Type | Content-Length | Connection |
 *   X-Request-Id | the handler's lines | blank line | body
 */
#include "lookup/net/http_render.h"

#include "common/base/check.h"
#include "common/base/number.h"
#include "lookup/net/http_status.h"

#include <stdio.h>

#define HEAD_FIXED_MAX 512 /* of what we add to a head, request id included */
#define DATE_BYTES     (sizeof("Sun, 22 Nov 2026 02:00:00 GMT") - 1)

_Static_assert(HTTP_REQUEST_ID_MAX <= HEAD_FIXED_MAX / 2, "room");

static char *
put(char *w, struct str s)
{
    return mempcpy(w, s.p, s.len);
}

/* What of the head says how the connection and the message go on. */
static char *
put_framing(char *w, const struct http_reply *r, const struct http_answer *a,
            struct str type)
{
    if (type.p != NULL) {
        w = put(w, STR("\r\nContent-Type: "));
        w = put(w, type);
    }
    if (a->status != 204 && a->status != 304) {
        w = put(w, STR("\r\nContent-Length: "));
        w += number_format_u64(a->body.len, w);
    }
    if (!r->keep_alive) {
        w = put(w, STR("\r\nConnection: close"));
    } else if (r->http_1_0) {
        w = put(w, STR("\r\nConnection: keep-alive"));
    }
    if (r->request_id.len > 0) {
        w = put(w, STR("\r\nX-Request-Id: "));
        w = put(w, r->request_id);
    }
    return put(w, STR("\r\n"));
}

void
http_render(struct buf *out, const struct http_reply *r,
            const struct http_answer *a)
{
    bool has_body = !r->is_head && a->status != 204 && a->status != 304;
    struct str type = {NULL, 0};

    if (a->content_type != NULL) {
        type = str_of(a->content_type);
    }
    char *w = buf_reserve(out, HEAD_FIXED_MAX + type.len + a->headers.len +
                                   a->body.len);
    char *begin = w;

    if (w == NULL) {
        return;
    }
    w = put(w, http_status_find(a->status)->line);
    w = put(w, STR("Date: "));
    w = put(w, (struct str){r->date, DATE_BYTES});
    w = put_framing(w, r, a, type);
    if (a->headers.len > 0) {
        w = put(w, a->headers);
    }
    w = put(w, STR("\r\n"));
    if (has_body && a->body.len > 0) {
        w = put(w, a->body);
    }
    out->len += (size_t)(w - begin);
}

struct http_answer
http_render_error(int status, const char *message, const char *hint,
                  char body[HTTP_ERROR_MAX])
{
    int n = snprintf(body, HTTP_ERROR_MAX,
                     "{\"error\":{\"code\":\"%s\",\"message\":\"%s\","
                     "\"hint\":\"%s\"}}",
                     http_status_find(status)->code, message, hint);

    CHECK(n > 0 && n < HTTP_ERROR_MAX);
    return (struct http_answer){
        .status = status,
        .dialect = DIALECT_NONE,
        .content_type = "application/json",
        .body = {body, (size_t)n},
    };
}
