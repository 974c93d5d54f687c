/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/http_framing.h"

#include "lookup/net/http_line.h"

static bool
read_host(struct http_head *h, struct http_framing *f, struct str value)
{
    f->nhost++;
    if (!http_line_is_authority(value)) {
        return http_head_refuse(h, 400, "Host is not a host name");
    }
    return true;
}

static bool
read_length(struct http_head *h, struct http_framing *f, struct str value)
{
    size_t n = 0;

    f->nlength++;
    for (size_t i = 0; i < value.len; i++) {
        unsigned digit = (unsigned)value.p[i] - '0';

        if (digit > 9 || n > (SIZE_MAX - digit) / 10) {
            return http_head_refuse(h, 400, "Content-Length is not a number");
        }
        n = n * 10 + digit;
    }
    h->length = n;
    return value.len > 0 ||
           http_head_refuse(h, 400, "Content-Length is not a number");
}

static void
read_connection(struct http_framing *f, struct str value)
{
    struct str rest = value;

    while (rest.p != NULL) {
        struct str option = str_trim(str_cut(&rest, ','));

        f->close |= str_eq_nocase(option, STR("close"));
        f->keep_alive |= str_eq_nocase(option, STR("keep-alive"));
    }
}

bool
http_framing_read(struct http_head *h, struct http_framing *f, struct str name,
                  struct str value)
{
    switch (name.len) {
    case sizeof("Host") - 1:
        return !str_eq_nocase(name, STR("Host")) || read_host(h, f, value);
    case sizeof("Expect") - 1:
        f->expect |= str_eq_nocase(name, STR("Expect")) &&
                     str_eq_nocase(value, STR("100-continue"));
        return true;
    case sizeof("Connection") - 1:
        if (str_eq_nocase(name, STR("Connection"))) {
            read_connection(f, value);
        }
        return true;
    case sizeof("Content-Length") - 1:
        return !str_eq_nocase(name, STR("Content-Length")) ||
               read_length(h, f, value);
    case sizeof("Transfer-Encoding") - 1:
        if (str_eq_nocase(name, STR("Transfer-Encoding"))) {
            f->ncoding++;
            f->coding_is_chunked = str_eq_nocase(value, STR("chunked"));
        }
        return true;
    default:
        return true;
    }
}

/* Asked of few: most bodies are small, and say so. */
static size_t
large_limit(const struct http_limits *limits, const struct http_request *req)
{
    return limits->is_large != NULL && limits->is_large(req)
               ? limits->large_bytes
               : limits->body_bytes;
}

bool
http_framing_settle(struct http_head *h, const struct http_limits *limits,
                    const struct http_framing *f,
                    const struct http_request *req)
{
    if (f->nhost > 1 || (f->nhost == 0 && !h->http_1_0)) {
        return http_head_refuse(h, 400, "exactly one Host header is needed");
    }
    if (f->nlength > 1) {
        return http_head_refuse(h, 400,
                                "Content-Length is given more than once");
    }
    if (f->ncoding > 0 && (f->nlength > 0 || h->http_1_0)) {
        return http_head_refuse(h, 400,
                                "Transfer-Encoding with Content-Length, or in "
                                "HTTP/1.0");
    }
    if (f->ncoding > 1 || (f->ncoding == 1 && !f->coding_is_chunked)) {
        return http_head_refuse(h, 501,
                                "the only Transfer-Encoding known is chunked");
    }
    if (f->nlength + f->ncoding == 0 &&
        (req->method == HTTP_POST || req->method == HTTP_PUT)) {
        return http_head_refuse(h, 411, "the body's length is not given");
    }
    h->is_chunked = f->ncoding == 1;
    h->body_max = h->is_chunked || h->length > limits->body_bytes
                      ? large_limit(limits, req)
                      : limits->body_bytes;
    if (h->length > h->body_max) {
        return http_head_refuse(h, 413, "the body is too large");
    }
    h->expects_continue = f->expect && !h->http_1_0;
    h->keep_alive = !f->close && (!h->http_1_0 || f->keep_alive);
    return true;
}
