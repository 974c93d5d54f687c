/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over the lines. Every reader below returns false when the request
 * is refused.
 */
#include "lookup/net/http_head.h"

#include "lookup/net/http_framing.h"
#include "lookup/net/http_line.h"

#define METHOD_MAX 32

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
        return http_head_refuse(h, 400,
                                "the URL has a byte outside 0x21-0x7E, or '#'");
    }
    if (!is_star && !to_origin(&target)) {
        return http_head_refuse(h, 400, "the URL does not begin with '/'");
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
        return http_head_refuse(h, 400,
                                "the request line is not METHOD URL HTTP/1.1");
    }
    if (s.p[5] != '1' || s.p[7] > '1') {
        return http_head_refuse(h, 505,
                                "only HTTP/1.1 and HTTP/1.0 are spoken here");
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
        return http_head_refuse(h, 400, "the method is not a token");
    }
    if (method.len > METHOD_MAX) {
        return http_head_refuse(h, 501, "the method is not known");
    }
    if (target.len > limits->target_bytes) {
        return http_head_refuse(h, 414, "the URL is too long");
    }
    req->method = method_of(method);
    return read_version(h, rest) && read_target(h, target, method, req);
}

static bool
add_header(struct http_head *h, struct http_framing *f, struct str line,
           struct http_request *req)
{
    struct http_header *header = &req->header[req->nheader];

    if (req->nheader == HTTP_HEADERS_MAX) {
        return http_head_refuse(h, 431, "more than 64 headers");
    }
    if (!http_line_field(line, &header->name, &header->value)) {
        return http_head_refuse(
            h, 400, "a header name is not a token, or a line folded");
    }
    req->nheader++;
    return http_framing_read(h, f, header->name, header->value);
}

bool
http_head_read(struct http_head *h, const struct http_limits *limits,
               struct str *rest, struct http_request *req)
{
    struct http_framing f = {0};
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
            return http_framing_settle(h, limits, &f, req);
        }
        if (rc == HTTP_LINE_OK && !add_header(h, &f, line, req)) {
            return false;
        }
    }
    return rc == HTTP_LINE_MORE
               ? false
               : http_head_refuse(h, 400,
                                  "a control byte in the head, or a "
                                  "line not ended by CR LF");
}
