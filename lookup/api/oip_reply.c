/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_reply.h"

#include <stdarg.h>
#include <stdio.h>

enum rc
oip_refuse(struct oip_fault *fault, int status, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(fault->why.text, sizeof(fault->why.text), fmt, ap);
    va_end(ap);
    fault->status = status;
    return RC_INVAL;
}

static void
send(struct desk *d, struct exchange *x, int status, const char *type)
{
    struct http_answer a = {
        .status = status,
        .dialect = DIALECT_OIP,
        .content_type = type,
        .headers = buf_view(&d->headers),
        .body = buf_view(&d->body),
    };

    if (buf_failed(&d->body) || buf_failed(&d->headers)) {
        a.status = 503;
        a.content_type = "application/json";
        a.headers = STR("Retry-After: 1\r\n");
        a.body = STR("{\"error\":\"the answer is too large\"}");
    }
    x->respond(x, &a);
}

void
oip_send(struct desk *d, struct exchange *x, int status)
{
    buf_clear(&d->headers);
    buf_c(&d->headers, "Cache-Control: no-store\r\n");
    buf_c(&d->headers, status == 503 ? "Retry-After: 1\r\n" : "");
    send(d, x, status, "application/json");
}

void
oip_send_tensors(struct desk *d, struct exchange *x, size_t json_bytes)
{
    buf_clear(&d->headers);
    buf_printf(&d->headers,
               "Cache-Control: no-store\r\n"
               "Inference-Header-Content-Length: %zu\r\n",
               json_bytes);
    send(d, x, 200, "application/octet-stream");
}

static void
put_error(struct desk *d, char *text)
{
    buf_clear(&d->body);
    buf_c(&d->body, "{\"error\":");
    reply_text(&d->body, text);
    buf_c(&d->body, "}\n");
}

void
oip_fail(struct desk *d, struct exchange *x, struct oip_fault *fault)
{
    put_error(d, fault->why.text);
    oip_send(d, x, fault->status);
}

void
oip_fail_method(struct desk *d, struct exchange *x, const char *allow)
{
    char text[128];

    snprintf(text, sizeof(text), "this path answers %s", allow);
    put_error(d, text);
    buf_clear(&d->headers);
    buf_printf(&d->headers, "Allow: %s\r\n", allow);
    send(d, x, 405, "application/json");
}

void
oip_table_fault(struct oip_fault *fault, const struct table_fault *why)
{
    oip_refuse(fault, why->error == REPLY_UNKNOWN_TABLE ? 404 : 503, "%s",
               why->text);
}
