/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * fake_exchange - a request as net would hand it on, and the answer it got,
 * copied.
 */
#include "common/base/check.h"
#include "lookup/api/exchange.h"

#include <stdio.h>

#define FAKE_BODY_MAX (512 * 1024)

struct fake_exchange {
    struct exchange x;
    struct http_request req;
    unsigned answered;
    int status;
    bool has_body;
    char headers[2048];
    char body[FAKE_BODY_MAX];
};

static inline void
fake_respond(struct exchange *x, const struct http_answer *a)
{
    struct fake_exchange *f = (struct fake_exchange *)x;

    f->answered++;
    f->status = a->status;
    f->has_body = a->content_type != NULL;
    CHECK(f->has_body || a->body.len == 0);
    CHECK(str_copy(a->headers, f->headers, sizeof(f->headers)));
    CHECK(str_copy(a->body, f->body, sizeof(f->body)));
}

/* A request without headers; path may hold a query behind "?". */
static inline void
fake_request(struct fake_exchange *f, enum http_method method, struct str path,
             struct str body)
{
    memset(f, 0, sizeof(*f) - sizeof(f->body));
    f->x.respond = fake_respond;
    f->req.method = method;
    f->req.query = path;
    f->req.path = str_cut(&f->req.query, '?');
    f->req.body = body;
}

static inline void
fake_header(struct fake_exchange *f, const char *name, const char *value)
{
    f->req.header[f->req.nheader++] =
        (struct http_header){str_of(name), str_of(value)};
}

static inline bool
fake_has_header(const struct fake_exchange *f, const char *line)
{
    char want[256];

    snprintf(want, sizeof(want), "%s\r\n", line);
    const char *at = strstr(f->headers, want);

    return at != NULL && (at == f->headers || at[-1] == '\n');
}

/* Is it an error of that status and code, with all that an error must say? */
static inline bool
fake_is_error(const struct fake_exchange *f, int status, const char *code)
{
    char begin[128];

    snprintf(begin, sizeof(begin), "{\"error\":{\"code\":\"%s\",\"message\":\"",
             code);
    bool retry = strstr(f->headers, "Retry-After: 1\r\n") != NULL;

    return f->answered == 1 && f->status == status &&
           strncmp(f->body, begin, strlen(begin)) == 0 &&
           strncmp(f->body + strlen(begin), "\"", 1) != 0 &&
           strstr(f->body, "\",\"hint\":\"") != NULL &&
           retry == (status == 503);
}
