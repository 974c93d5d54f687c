/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * native_impl - what the files of the native dialect share: native.c (which
 * path is what), native_user.c (one user), native_many.c (many), native_put.c
 * (writing); nobody else includes this.
 */
#include "lookup/api/native.h"

#define NO_EXTRA          ((struct str){NULL, 0})
#define NATIVE_BAD_ESCAPE "the path has a bad percent escape"

/* What a URL may ask behind its "?". */
struct native_parameters {
    uint64_t deadline_ns;
    size_t k;     /* items of a ranking */
    bool explain; /* not the answer but how it comes about */
};

/* The view of a table, or NULL and why. */
const struct table_view *native_find_table(const struct tables *t,
                                           struct str raw,
                                           struct table_fault *fault);

/* The same; a view without a live generation has a fault too. */
const struct table_view *native_find_live(const struct tables *t,
                                          struct str raw,
                                          struct table_fault *fault);

/* A table with a live generation, or NULL, answered. */
const struct table_view *native_live_table(struct desk *d, struct exchange *x,
                                           struct str raw);

/*
 * The user of a path, decoded into room. Anything but RC_OK fills fault: so "."
 * and "..", which are ids for bodies only, as clients fold them away in paths.
 */
MUST_USE enum rc native_path_user(struct str raw, char room[USER_MAX],
                                  struct str *user, struct table_fault *fault);

/* An error before there was a query; view may be NULL. */
void native_fail(struct desk *d, struct exchange *x,
                 const struct table_view *view, enum reply_error error,
                 const char *text);

/* ?timeout_ms=N&k=N&explain=1, and nothing else; false: something is wrong. */
bool native_read_parameters(const struct desk *d,
                            const struct http_request *req,
                            const struct generation *gen,
                            struct native_parameters *p);

/* Does the request say that its body is JSON, or say nothing? */
bool native_is_json(const struct http_request *req);

/* The error that a code other than ANSWER_OK is. */
enum reply_error native_error_of(enum answer_code code);

/* 400 with the names of the features that are not known. */
void native_send_missing(struct exchange *x, enum dialect dialect,
                         const struct query *q);

/* GET or POST of one user. */
void native_ask_user(struct desk *d, struct exchange *x,
                     const struct http_request *req, struct str raw_table,
                     struct str raw_user);

/* POST of {"users":[...]} or {"instances":[...]}. */
void native_ask_many(struct desk *d, struct exchange *x,
                     const struct http_request *req, struct str raw_table);
