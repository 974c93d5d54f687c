/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over the lines. Every reader below returns false when the request
 * is refused (status and why are set), so that refusing is `return broken()`.
 */
#include "lookup/net/http_head.h"

#include "lookup/net/http_line.h"

#define METHOD_MAX 32

/* What the headers say about where the message ends, until all are read. */
struct framing {
    size_t nhost, nlength, ncoding;
    bool coding_is_chunked;
    bool close, keep_alive, expect;
};

static bool
broken(struct http_head *h, int status, const char *why)
{
    h->status = status;
    h->why = why;
    return false;
}

static enum http_method
method_of(struct str s)
{
    static const struct str name[] = {
        [HTTP_GET] = {"GET", 3},       [HTTP_HEAD] = {"HEAD", 4},
        [HTTP_POST] = {"POST", 4},     [HTTP_PUT] = {"PUT", 3},
        [HTTP_DELETE] = {"DELETE", 6},
    };
    size_t i = 0;

    while (i < sizeof(name) / sizeof(name[0]) && !str_eq(s, name[i])) {
        i++;
    }
    return (enum http_method)i;
}

/*
 * "http://host/a?b" -> "/a?b"; what begins with '/' is that already. False:
 * neither.
 */
static bool
to_origin(struct str *target)
{
    static const struct str scheme[] = {{"http://", 7}, {"https://", 8}};
    struct str t = *target;

    if (t.len > 0 && t.p[0] == '/') {
        return true;
    }
    for (size_t i = 0; i < 2; i++) {
        size_t n = scheme[i].len;

        if (t.len > n && str_eq_nocase((struct str){t.p, n}, scheme[i])) {
            struct str host = {t.p + n, 0};

            while (n < t.len && t.p[n] != '/' && t.p[n] != '?') {
                n++;
            }
            host.len = n - scheme[i].len;
            *target = (struct str){t.p + n, t.len - n};
            return host.len > 0 && http_line_is_authority(host);
        }
    }
    return false;
}

static bool
read_target(struct http_head *h, struct str target, struct str method,
            struct http_request *req)
{
    bool is_star = str_eq(target, STR("*")) && str_eq(method, STR("OPTIONS"));
    const char *mark;

    if (!http_line_is_target(target)) {
        return broken(h, 400, "the URL has a byte outside 0x21-0x7E, or '#'");
    }
    if (!is_star && !to_origin(&target)) {
        return broken(h, 400, "the URL does not begin with '/'");
    }
    mark = memchr(target.p, '?', target.len);
    req->path = target;
    req->query = (struct str){NULL, 0};
    if (mark != NULL) {
        req->path.len = (size_t)(mark - target.p);
        req->query.p = mark + 1;
        req->query.len = target.len - req->path.len - 1;
    }
    if (req->path.len == 0) {
        req->path = STR("/"); /* of "http://host?b" */
    }
    return true;
}

static bool
read_version(struct http_head *h, struct str s)
{
    static const char digits[] = "0123456789";

    if (s.len != 8 || memcmp(s.p, "HTTP/", 5) != 0 || s.p[6] != '.' ||
        memchr(digits, s.p[5], 10) == NULL ||
        memchr(digits, s.p[7], 10) == NULL) {
        return broken(h, 400, "the request line is not METHOD URL HTTP/1.1");
    }
    if (s.p[5] != '1' || s.p[7] > '1') {
        return broken(h, 505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    }
    h->http_1_0 = s.p[7] == '0';
    return true;
}

static bool
read_request_line(struct http_head *h, const struct http_limits *limits,
                  struct str line, struct http_request *req)
{
    struct str rest = line;
    struct str method = str_cut(&rest, ' ');
    struct str target = str_cut(&rest, ' ');

    if (!http_line_is_token(method)) {
        return broken(h, 400, "the method is not a token");
    }
    if (method.len > METHOD_MAX) {
        return broken(h, 501, "the method is not known");
    }
    if (target.len > limits->target_bytes) {
        return broken(h, 414, "the URL is too long");
    }
    req->method = method_of(method);
    return read_version(h, rest) && read_target(h, target, method, req);
}

static bool
read_host(struct http_head *h, struct framing *f, struct str value)
{
    f->nhost++;
    if (!http_line_is_authority(value)) {
        return broken(h, 400, "Host is not a host name");
    }
    return true;
}

static bool
read_length(struct http_head *h, struct framing *f, struct str value)
{
    size_t n = 0;

    f->nlength++;
    for (size_t i = 0; i < value.len; i++) {
        unsigned digit = (unsigned)value.p[i] - '0';

        if (digit > 9 || n > (SIZE_MAX - digit) / 10) {
            return broken(h, 400, "Content-Length is not a number");
        }
        n = n * 10 + digit;
    }
    h->length = n;
    return value.len > 0 || broken(h, 400, "Content-Length is not a number");
}

static void
read_connection(struct framing *f, struct str value)
{
    struct str rest = value;

    while (rest.p != NULL) {
        struct str option = str_trim(str_cut(&rest, ','));

        f->close |= str_eq_nocase(option, STR("close"));
        f->keep_alive |= str_eq_nocase(option, STR("keep-alive"));
    }
}

/* Note what a header says about framing; most say nothing. */
static bool
read_framing(struct http_head *h, struct framing *f, struct str name,
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

/* The head is complete: do its headers agree on where the message ends? */
static bool
settle_framing(struct http_head *h, const struct http_limits *limits,
               const struct framing *f, const struct http_request *req)
{
    if (f->nhost > 1 || (f->nhost == 0 && !h->http_1_0)) {
        return broken(h, 400, "exactly one Host header is needed");
    }
    if (f->nlength > 1) {
        return broken(h, 400, "Content-Length is given more than once");
    }
    if (f->ncoding > 0 && (f->nlength > 0 || h->http_1_0)) {
        return broken(h, 400,
                      "Transfer-Encoding with Content-Length, or in "
                      "HTTP/1.0");
    }
    if (f->ncoding > 1 || (f->ncoding == 1 && !f->coding_is_chunked)) {
        return broken(h, 501, "the only Transfer-Encoding known is chunked");
    }
    if (f->nlength + f->ncoding == 0 &&
        (req->method == HTTP_POST || req->method == HTTP_PUT)) {
        return broken(h, 411, "the body's length is not given");
    }
    h->is_chunked = f->ncoding == 1;
    h->body_max = h->is_chunked || h->length > limits->body_bytes
                      ? large_limit(limits, req)
                      : limits->body_bytes;
    if (h->length > h->body_max) {
        return broken(h, 413, "the body is too large");
    }
    h->expects_continue = f->expect && !h->http_1_0;
    h->keep_alive = !f->close && (!h->http_1_0 || f->keep_alive);
    return true;
}

static bool
add_header(struct http_head *h, struct framing *f, struct str line,
           struct http_request *req)
{
    struct http_header *header = &req->header[req->nheader];

    if (req->nheader == HTTP_HEADERS_MAX) {
        return broken(h, 431, "more than 64 headers");
    }
    if (!http_line_field(line, &header->name, &header->value)) {
        return broken(h, 400, "a header name is not a token, or a line folded");
    }
    req->nheader++;
    return read_framing(h, f, header->name, header->value);
}

bool
http_head_read(struct http_head *h, const struct http_limits *limits,
               struct str *rest, struct http_request *req)
{
    struct framing f = {0};
    struct str line;
    enum http_line rc;

    *h = (struct http_head){0};
    req->nheader = 0;
    do { /* blank lines before a request are what old clients send */
        rc = http_line_cut(rest, &line);
    } while (rc == HTTP_LINE_OK && line.len == 0);
    if (rc == HTTP_LINE_OK && !read_request_line(h, limits, line, req)) {
        return false;
    }
    while (rc == HTTP_LINE_OK) {
        rc = http_line_cut(rest, &line);
        if (rc == HTTP_LINE_OK && line.len == 0) {
            return settle_framing(h, limits, &f, req);
        }
        if (rc == HTTP_LINE_OK && !add_header(h, &f, line, req)) {
            return false;
        }
    }
    return rc == HTTP_LINE_MORE ? false
                                : broken(h, 400,
                                         "a control byte in the head, or a "
                                         "line not ended by CR LF");
}
