/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native.h"

#include "common/base/clock.h"
#include "common/base/number.h"
#include "lookup/api/native_body.h"
#include "lookup/api/native_render.h"
#include "lookup/api/path.h"
#include "lookup/api/reply.h"

#include <stdio.h>
#include <stdlib.h>

/*
 *   /v1                   tables          GET
 *   /v1/{table}           one table       GET
 *   /v1/{table}/{user}    a prediction    GET, POST with features
 *
 * A query's answer comes back by on_answer(), with the call below kept in the
 * exchange's state.
 */
#define SEGMENTS_MAX   4
#define BODY_MAX       (1024 * 1024)
#define TIMEOUT_MAX_MS 5000

/* Room for a good dozen of our ETags. */
#define IF_NONE_MATCH_MAX 512

struct native {
    struct lookup *lookup;
    struct buf body;    /* scratch for one answer */
    struct buf headers; /* likewise */
};

struct native_call {
    struct native *native;
    struct exchange *exchange;
    char if_none_match[IF_NONE_MATCH_MAX]; /* "" if none, or too long */
};

_Static_assert(sizeof(struct native_call) <= EXCHANGE_STATE, "state");

#define NO_EXTRA ((struct str){NULL, 0})

/* ------------------------------------------------------------- answers */

static void
send_prediction(struct native_call *c, const struct query *q,
                const struct answer *a)
{
    struct native *n = c->native;
    char etag[ETAG_MAX];
    size_t len = native_etag(a, etag);
    struct http_answer http = {.status = 200,
                               .dialect = DIALECT_NATIVE,
                               .content_type = "application/json"};

    buf_clear(&n->headers);
    buf_clear(&n->body);
    native_render_headers(&n->headers, a, clock_wall_us());
    if (native_etag_matches(str_of(c->if_none_match),
                            (struct str){etag, len})) {
        http.status = 304;
        http.content_type = NULL;
    } else {
        native_render_answer(&n->body, q, a);
    }
    http.headers = buf_view(&n->headers);
    http.body = buf_view(&n->body);
    if (buf_failed(&n->headers) || buf_failed(&n->body)) {
        reply_error(c->exchange, DIALECT_NATIVE, REPLY_MEMORY, NO_EXTRA,
                    "the answer is too large");
        return;
    }
    c->exchange->respond(c->exchange, &http);
}

static void
send_missing(struct native_call *c, const struct query *q)
{
    struct buf *names = &c->native->body;
    struct str name;
    size_t i = 0, n = 0;

    buf_clear(names);
    buf_c(names, "\"missing\":[");
    for (; (name = query_lacks(q, &i)).p != NULL; n++) {
        buf_c(names, n == 0 ? "" : ",");
        buf_json_str(names, name);
    }
    buf_char(names, ']');
    reply_error(c->exchange, DIALECT_NATIVE, REPLY_MISSING_FEATURES,
                buf_failed(names) ? NO_EXTRA : buf_view(names),
                "%zu of %zu features are not known", n, q->ncol);
}

static void
on_answer(void *arg, const struct query *q, const struct answer *a)
{
    struct native_call *c = arg;

    switch (a->code) {
    case ANSWER_OK:
        send_prediction(c, q, a);
        return;
    case ANSWER_UNKNOWN_USER:
        reply_error(c->exchange, DIALECT_NATIVE, REPLY_UNKNOWN_USER, NO_EXTRA,
                    "table '%s' does not know this user", q->table);
        return;
    case ANSWER_MISSING_FEATURES:
        send_missing(c, q);
        return;
    case ANSWER_STORE_UNAVAILABLE:
        reply_error(c->exchange, DIALECT_NATIVE, REPLY_STORE, NO_EXTRA,
                    "the store did not answer in time");
        return;
    case ANSWER_TABLE_UNAVAILABLE:
        reply_error(c->exchange, DIALECT_NATIVE, REPLY_TABLE, NO_EXTRA,
                    "table '%s' is not whole in the store, or is moving",
                    q->table);
        return;
    case ANSWER_TOO_COSTLY:
        reply_error(c->exchange, DIALECT_NATIVE, REPLY_COSTLY, NO_EXTRA,
                    "there is no time left to score this user live");
        return;
    case ANSWER_NOT_LIVE:
        reply_error(c->exchange, DIALECT_NATIVE, REPLY_NOT_LIVE, NO_EXTRA,
                    "table '%s' holds ranked candidates only", q->table);
        return;
    }
}

/* --------------------------------------------------- requests that fail */

/* An error before there was a query; view may be NULL. */
static void
fail(struct native *n, struct exchange *x, const struct table_view *view,
     enum reply_error error, const char *text)
{
    lookup_count(n->lookup, view, DIALECT_NATIVE, OUTCOME_ERROR);
    reply_error(x, DIALECT_NATIVE, error, NO_EXTRA, "%s", text);
}

#define BAD_ESCAPE "the path has a bad percent escape"

struct table_fault {
    enum reply_error error;
    const char *text;
};

/* The view of a table, or NULL and why. */
static const struct table_view *
find_table(const struct native *n, struct str raw, struct table_fault *fault)
{
    const struct tables *t = lookup_tables(n->lookup);
    char name[TABLE_MAX];
    size_t len = 0;
    const struct table_view *view = NULL;
    enum rc rc = path_decode(raw, name, sizeof(name), &len);

    if (rc == RC_INVAL) {
        *fault = (struct table_fault){REPLY_BAD_PATH, BAD_ESCAPE};
        return NULL;
    }
    if (t != NULL && rc == RC_OK) {
        view = tables_find(t, (struct str){name, len});
    }
    /* Only a list that is known to be today's proves that a table is not. */
    *fault = t == NULL || !t->store_ok
                 ? (struct table_fault){REPLY_STORE,
                                        "the list of tables could not be read"}
                 : (struct table_fault){REPLY_UNKNOWN_TABLE,
                                        "there is no such table"};
    return view;
}

/* A table with a live generation, or NULL, answered. */
static const struct table_view *
live_table(struct native *n, struct exchange *x, struct str raw)
{
    struct table_fault fault;
    const struct table_view *view = find_table(n, raw, &fault);

    if (view == NULL) {
        fail(n, x, NULL, fault.error, fault.text);
    } else if (view->live == NULL) {
        fail(n, x, view, REPLY_TABLE,
             view->problem[0] == '\0' ? "no generation is live yet"
                                      : view->problem);
        view = NULL;
    }
    return view;
}

/* ------------------------------------------------------------- requests */

static bool
read_parameter(const struct http_request *req, struct str name,
               struct str value, struct query *q)
{
    uint64_t n;

    if (!number_parse_u64(value, &n) || n < 1) {
        return false;
    }
    if (str_eq(name, STR("timeout_ms"))) {
        q->deadline_ns = req->arrived_ns + n * 1000000;
        return n <= TIMEOUT_MAX_MS;
    }
    if (str_eq(name, STR("k"))) {
        q->k = n;
        return q->gen->info.kind == TABLE_RANKING && n <= q->gen->info.top;
    }
    return false;
}

/* ?timeout_ms=N&k=N, and nothing else. */
static bool
read_parameters(const struct native *n, const struct http_request *req,
                struct query *q)
{
    struct str rest = req->query;
    bool ok = true;

    q->deadline_ns = req->arrived_ns + lookup_policy(n->lookup)->timeout_ns;
    while (rest.len > 0 && ok) {
        struct str value = str_cut(&rest, '&');
        struct str name = str_cut(&value, '=');

        ok = read_parameter(req, name, value, q);
    }
    return ok;
}

static bool
is_json(const struct http_request *req)
{
    struct str type = http_request_header(req, STR("content-type"));
    struct str media = str_trim(str_cut(&type, ';'));

    /* curl -d says the second when it is told nothing. */
    return media.len == 0 || str_eq_nocase(media, STR("application/json")) ||
           str_eq_nocase(media, STR("application/x-www-form-urlencoded"));
}

/* "." and ".." are ids for bodies only: clients fold them away in paths. */
static bool
is_dots(struct str user)
{
    return str_eq(user, STR(".")) || str_eq(user, STR(".."));
}

/* Read user, deadline and body into q; false, answered, if one is bad. */
static bool
fill_query(struct native *n, struct exchange *x, const struct http_request *req,
           const struct table_view *view, struct str raw_user, struct query *q)
{
    struct body_fault fault;
    char user[USER_MAX];
    size_t len;
    enum rc rc = path_decode(raw_user, user, sizeof(user), &len);

    if (rc != RC_OK) {
        fail(n, x, view, rc == RC_FULL ? REPLY_LONG_USER : REPLY_BAD_PATH,
             rc == RC_FULL ? "the user id has more than 512 bytes"
                           : BAD_ESCAPE);
    } else if (is_dots((struct str){user, len})) {
        fail(n, x, view, REPLY_BAD_PATH, "'.' and '..' are not ids in a path");
    } else if (query_set_user(q, (struct str){user, len}) != RC_OK) {
        fail(n, x, view, REPLY_EMPTY_USER, "the user id is empty");
    } else if (!read_parameters(n, req, q)) {
        fail(n, x, view, REPLY_PARAMETER, "a parameter of the URL is wrong");
    } else if (req->method != HTTP_POST) {
        return true;
    } else if (!is_json(req)) {
        fail(n, x, view, REPLY_MEDIA_TYPE, "the body is not JSON");
    } else if (native_body_read(req->body, q, &fault) != RC_OK) {
        fail(n, x, view, fault.error, fault.why.text);
    } else {
        q->live = true;
        return true;
    }
    return false;
}

static void
ask_user(struct native *n, struct exchange *x, const struct http_request *req,
         struct str raw_table, struct str raw_user)
{
    struct native_call *c = (struct native_call *)x->state;
    const struct table_view *view = live_table(n, x, raw_table);
    struct query *q;

    if (view == NULL) {
        return;
    }
    q = lookup_begin(n->lookup, view);
    if (q == NULL) {
        fail(n, x, view, REPLY_MEMORY, "out of memory");
        return;
    }
    if (!fill_query(n, x, req, view, raw_user, q)) {
        lookup_drop(q);
        return;
    }
    c->native = n;
    c->exchange = x;
    if (!str_copy(http_request_header(req, STR("if-none-match")),
                  c->if_none_match, sizeof(c->if_none_match))) {
        c->if_none_match[0] = '\0';
    }
    q->dialect = DIALECT_NATIVE;
    q->done = on_answer;
    q->arg = c;
    lookup_run(q);
}

static void
show_table(struct native *n, struct exchange *x, struct str raw_table)
{
    struct table_fault fault;
    const struct table_view *view = find_table(n, raw_table, &fault);

    if (view == NULL) {
        reply_error(x, DIALECT_NATIVE, fault.error, NO_EXTRA, "%s", fault.text);
        return;
    }
    buf_clear(&n->body);
    native_render_table(&n->body, view, clock_wall_us());
    reply_json(x, DIALECT_NATIVE, &n->body);
}

static void
show_tables(struct native *n, struct exchange *x)
{
    const struct tables *t = lookup_tables(n->lookup);

    if (t == NULL || (t->n == 0 && !t->store_ok)) {
        reply_error(x, DIALECT_NATIVE, REPLY_STORE, NO_EXTRA,
                    "the list of tables could not be read");
        return;
    }
    buf_clear(&n->body);
    native_render_tables(&n->body, t);
    reply_json(x, DIALECT_NATIVE, &n->body);
}

static bool
is_read(const struct http_request *req)
{
    return req->method == HTTP_GET || req->method == HTTP_HEAD;
}

void
native_handle(void *arg, struct exchange *x, const struct http_request *req)
{
    struct native *n = arg;
    struct str segment[SEGMENTS_MAX];
    size_t count = path_split(req->path, segment, SEGMENTS_MAX);

    if (count < 1 || count > 3 || !str_eq(segment[0], STR("v1"))) {
        reply_error(x, DIALECT_NATIVE, REPLY_NOT_FOUND, NO_EXTRA,
                    "there is nothing at this path");
    } else if (!is_read(req) && (count < 3 || req->method != HTTP_POST)) {
        reply_method(x, DIALECT_NATIVE,
                     count < 3 ? "GET, HEAD" : "GET, HEAD, POST");
    } else if (count == 1) {
        show_tables(n, x);
    } else if (count == 2) {
        show_table(n, x, segment[1]);
    } else {
        ask_user(n, x, req, segment[1], segment[2]);
    }
}

struct native *
native_create(struct lookup *lookup)
{
    struct native *n = calloc(1, sizeof(*n));

    if (n != NULL) {
        n->lookup = lookup;
        buf_init(&n->body, BODY_MAX);
        buf_init(&n->headers, 1024);
    }
    return n;
}

void
native_destroy(struct native **n)
{
    if (n == NULL || *n == NULL) {
        return;
    }
    buf_fini(&(*n)->body);
    buf_fini(&(*n)->headers);
    free(*n);
    *n = NULL;
}
