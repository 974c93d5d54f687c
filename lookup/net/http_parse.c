/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A head is read line by line in one pass. When it is not complete, the next
 * call starts again from its first byte, but only if a line feed has come
 * since: at most HTTP_HEADERS_MAX lines makes at most so many passes.
 *
 * A body is not looked at twice: while it is incomplete, h knows the head's
 * length and how far the body is decoded. When it is complete and the head
 * was read by an earlier call, the head is read once more, because the bytes
 * may lie elsewhere by now and *req did not outlive that call.
 */
#include "lookup/net/http_parse.h"

#include "common/base/check.h"

#include <string.h>

/* Of a request line, what is not the URL at most; more is a 414 unseen. */
#define FIRST_LINE_REST 64

static ssize_t
broken(struct http_parse *h, int status, const char *why)
{
    h->head.status = status;
    h->head.why = why;
    return PARSE_BROKEN;
}

/* No end of the head in sight: is there still room for one? */
static ssize_t
need_more(struct http_parse *h, const struct http_limits *limits, const char *p,
          size_t len)
{
    bool in_first_line = memchr(p, '\n', len) == NULL;

    h->seen_bytes = len;
    if (in_first_line && len > limits->target_bytes + FIRST_LINE_REST) {
        return broken(h, 414, "the URL is too long");
    }
    if (len > limits->head_bytes) {
        return broken(h, 431, "the head is too long");
    }
    return PARSE_MORE;
}

/* Returns the head's length. */
static ssize_t
parse_head(struct http_parse *h, const struct http_limits *limits,
           const char *p, size_t len, struct http_request *req)
{
    struct str rest = {p, len};
    size_t seen = h->seen_bytes;

    if (seen > 0 && memchr(p + seen, '\n', len - seen) == NULL) {
        return need_more(h, limits, p, len);
    }
    if (!http_head_read(&h->head, limits, &rest, req)) {
        return h->head.status == 0 ? need_more(h, limits, p, len)
                                   : PARSE_BROKEN;
    }
    if (len - rest.len > limits->head_bytes) {
        return broken(h, 431, "the head is too long");
    }
    return (ssize_t)(len - rest.len);
}

/* p is where the coded body begins. Returns the bytes it takes. */
static ssize_t
parse_chunked(struct http_parse *h, const struct http_limits *limits, char *p,
              size_t *len)
{
    struct chunked_limits l = {h->head.body_max, limits->head_bytes};
    size_t next = 0;

    switch (chunked_decode(&h->chunked, &l, p, len, &next)) {
    case CHUNKED_DONE:
        return (ssize_t)next;
    case CHUNKED_MORE:
        return PARSE_MORE;
    case CHUNKED_TOO_LARGE:
        return broken(h, 413, "the body is too large");
    case CHUNKED_BROKEN:
        return broken(h, 400, "the chunked body is malformed");
    }
    return PARSE_BROKEN;
}

static ssize_t
parse_body(struct http_parse *h, const struct http_limits *limits, char *p,
           size_t *len)
{
    size_t there = *len - h->head_bytes;
    ssize_t taken;

    if (!h->head.is_chunked) {
        return there < h->head.length ? PARSE_MORE : (ssize_t)h->head.length;
    }
    taken = parse_chunked(h, limits, p + h->head_bytes, &there);
    if (taken >= 0) {
        h->head.length = h->chunked.body_bytes;
    } else {
        *len = h->head_bytes + there;
    }
    return taken;
}

ssize_t
http_parse(struct http_parse *h, const struct http_limits *limits, char *p,
           size_t *len, struct http_request *req)
{
    bool head_is_read = !h->in_body;
    size_t body_bytes;
    ssize_t taken;

    if (!h->in_body) {
        taken = parse_head(h, limits, p, *len, req);
        if (taken < 0) {
            return taken;
        }
        h->head_bytes = (size_t)taken;
        h->chunked = (struct chunked){0};
        h->in_body = true;
    }
    taken = parse_body(h, limits, p, len);
    if (taken < 0) {
        return taken;
    }
    h->in_body = false;
    h->seen_bytes = 0;
    body_bytes = h->head.length;
    if (!head_is_read) {
        CHECK(parse_head(h, limits, p, h->head_bytes, req) > 0);
    }
    req->body = (struct str){p + h->head_bytes, body_bytes};
    return (ssize_t)h->head_bytes + taken;
}
