/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/chunked.h"

#include "common/base/number.h"
#include "lookup/net/http_line.h"

/* A size line with its extensions: longer ones only cost us time. */
#define SIZE_LINE_MAX 256

static enum chunked_rc
read_size(struct chunked *c, struct str line)
{
    uint64_t size = 0;
    size_t i;

    for (i = 0; i < line.len && number_hex_digit(line.p[i]) >= 0; i++) {
        if (size > UINT64_MAX >> 4) {
            return CHUNKED_TOO_LARGE;
        }
        size = size << 4 | (uint64_t)number_hex_digit(line.p[i]);
    }
    if (i == 0 || (i < line.len && line.p[i] != ';')) {
        return CHUNKED_BROKEN;
    }
    c->left = size;
    c->phase = size > 0 ? CHUNKED_DATA : CHUNKED_TRAILER;
    return CHUNKED_DONE;
}

static enum chunked_rc
read_trailer(struct chunked *c, const struct chunked_limits *limits,
             struct str line)
{
    struct str name, value;

    if (line.len == 0) {
        c->phase = CHUNKED_END;
        return CHUNKED_DONE;
    }
    c->trailer_bytes += line.len;
    if (c->trailer_bytes > limits->trailer_bytes ||
        !http_line_field(line, &name, &value)) {
        return CHUNKED_BROKEN;
    }
    return CHUNKED_DONE;
}

/* The phases that are a line: one is cut off *rest and understood. */
static enum chunked_rc
read_line(struct chunked *c, const struct chunked_limits *limits,
          struct str *rest)
{
    bool trailer = c->phase == CHUNKED_TRAILER;
    size_t max = trailer ? limits->trailer_bytes : SIZE_LINE_MAX;
    struct str line;

    switch (http_line_cut(rest, &line)) {
    case HTTP_LINE_MORE:
        /* its CR may be there already */
        return rest->len > max + 1 ? CHUNKED_BROKEN : CHUNKED_MORE;
    case HTTP_LINE_BROKEN:
        return CHUNKED_BROKEN;
    case HTTP_LINE_OK:
        break;
    }
    if (line.len > max) {
        return CHUNKED_BROKEN;
    }
    if (trailer) {
        return read_trailer(c, limits, line);
    }
    if (c->phase == CHUNKED_SIZE) {
        return read_size(c, line);
    }
    c->phase = CHUNKED_SIZE;
    return line.len == 0 ? CHUNKED_DONE : CHUNKED_BROKEN;
}

/* Move what there is of the chunk down behind the body. */
static enum chunked_rc
read_data(struct chunked *c, const struct chunked_limits *limits, char *p,
          struct str *rest)
{
    size_t n = c->left < rest->len ? (size_t)c->left : rest->len;

    if (c->left > limits->body_bytes - c->body_bytes) {
        return CHUNKED_TOO_LARGE;
    }
    memmove(p + c->body_bytes, rest->p, n);
    c->body_bytes += n;
    c->left -= n;
    *rest = (struct str){rest->p + n, rest->len - n};
    if (c->left > 0) {
        return CHUNKED_MORE;
    }
    c->phase = CHUNKED_DATA_END;
    return CHUNKED_DONE;
}

enum chunked_rc
chunked_decode(struct chunked *c, const struct chunked_limits *limits, char *p,
               size_t *len, size_t *next)
{
    struct str rest = {p + c->body_bytes, *len - c->body_bytes};
    enum chunked_rc rc = CHUNKED_DONE;

    while (rc == CHUNKED_DONE && c->phase != CHUNKED_END) {
        rc = c->phase == CHUNKED_DATA ? read_data(c, limits, p, &rest)
                                      : read_line(c, limits, &rest);
    }
    if (rc == CHUNKED_DONE) {
        *next = (size_t)(rest.p - p);
    } else if (rc == CHUNKED_MORE) {
        memmove(p + c->body_bytes, rest.p, rest.len);
        *len = c->body_bytes + rest.len;
    }
    return rc;
}
