/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * exchange - one HTTP request and its answer, as a dialect sees them. net
 * parses and keeps the order of answers; api gives them meaning.
 *
 * A handler is called once per request and calls respond() exactly once,
 * before it returns or later from the same thread. The request's bytes are
 * valid until the handler returns: copy into state what is needed later.
 * If the client goes away meanwhile, respond() is still called and drops the
 * answer.
 */
#include "common/base/str.h"
#include "lookup/core/dialect.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXCHANGE_STATE   2048 /* bytes a handler may keep per request */
#define HTTP_HEADERS_MAX 64

enum http_method {
    HTTP_GET,
    HTTP_HEAD, /* handlers answer as for GET; net leaves the body out */
    HTTP_POST,
    HTTP_PUT,
    HTTP_DELETE,
    HTTP_OTHER, /* a token we have no use for: 405 or 501 */
};

struct http_header {
    struct str name;  /* as sent; compare with str_eq_nocase */
    struct str value; /* without surrounding blanks */
};

struct http_request {
    enum http_method method;
    struct str path;  /* raw, from "/" up to "?" */
    struct str query; /* raw, behind "?"; empty if none */
    struct str body;  /* de-chunked */
    struct http_header header[HTTP_HEADERS_MAX];
    size_t nheader;
    uint64_t arrived_ns; /* clock_mono_ns() when it was read */
};

struct http_answer {
    int status;
    enum dialect dialect;
    const char *content_type; /* NULL: no body */
    struct str headers;       /* further lines, each ended by CRLF, or empty */
    struct str body;          /* copied before respond() returns */
};

struct exchange;
typedef void (*exchange_respond_fn)(struct exchange *x,
                                    const struct http_answer *a);

struct exchange {
    exchange_respond_fn respond;
    struct about about; /* the handler's to set before it responds, or zeros */
    _Alignas(16) char state[EXCHANGE_STATE];
};

typedef void (*http_handler_fn)(void *arg, struct exchange *x,
                                const struct http_request *req);

/* GET or HEAD. */
static inline bool
http_request_is_read(const struct http_request *req)
{
    return req->method == HTTP_GET || req->method == HTTP_HEAD;
}

/* First header of that name (any case), or an empty str with p == NULL. */
struct str http_request_header(const struct http_request *req, struct str name);
