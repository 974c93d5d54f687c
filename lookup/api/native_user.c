/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native_impl.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "lookup/api/native_body.h"
#include "lookup/api/native_render.h"

/* Room for a good dozen of our ETags. */
#define IF_NONE_MATCH_MAX 512

/* Bytes of names in an error; more are left out. */
#define MISSING_MAX (1024 * 1024)

struct native_call {
    struct desk *desk;
    struct exchange *exchange;
    char if_none_match[IF_NONE_MATCH_MAX]; /* "" if none, or too long */
};

_Static_assert(sizeof(struct native_call) <= EXCHANGE_STATE, "state");

static void
send_prediction(struct native_call *c, const struct query *q,
                const struct answer *a)
{
    struct desk *d = c->desk;
    char text[ETAG_MAX];
    struct str etag = {text, native_etag(a, text)};
    struct http_answer http = {.status = 200,
                               .dialect = DIALECT_NATIVE,
                               .content_type = "application/json"};

    buf_clear(&d->headers);
    buf_clear(&d->body);
    native_render_headers(&d->headers, a, etag, clock_wall_us());
    if (native_etag_matches(str_of(c->if_none_match), etag)) {
        http.status = 304;
        http.content_type = NULL;
    } else {
        native_render_answer(&d->body, q->table, query_user(q), q->k, a);
        buf_char(&d->body, '\n');
    }
    http.headers = buf_view(&d->headers);
    http.body = buf_view(&d->body);
    if (buf_failed(&d->headers) || buf_failed(&d->body)) {
        reply_error(c->exchange, DIALECT_NATIVE, REPLY_MEMORY, NO_EXTRA,
                    "the answer is too large");
        return;
    }
    c->exchange->respond(c->exchange, &http);
}

void
native_send_missing(struct exchange *x, enum dialect dialect,
                    const struct query *q)
{
    struct buf names;
    struct str name;
    size_t i = 0, n = 0;

    buf_init(&names, MISSING_MAX);
    buf_c(&names, "\"missing\":[");
    for (; (name = query_lacks(q, &i)).p != NULL; n++) {
        buf_c(&names, n == 0 ? "" : ",");
        buf_json_str(&names, name);
    }
    buf_char(&names, ']');
    reply_error(x, dialect, REPLY_MISSING_FEATURES,
                buf_failed(&names) ? NO_EXTRA : buf_view(&names),
                "%zu of %zu features are not known", n, q->ncol);
    buf_fini(&names);
}

/* What is wrong with a table, to be put behind its name. */
static const char *
explain(enum answer_code code)
{
    static const char *const text[] = {
        [ANSWER_UNKNOWN_USER] = "does not know this user",
        [ANSWER_STORE_UNAVAILABLE] =
            "was not read: the store did not answer in time",
        [ANSWER_TABLE_UNAVAILABLE] = "is not whole in the store, or is moving",
        [ANSWER_TOO_COSTLY] = "has no time left to score this user live",
        [ANSWER_NOT_LIVE] = "holds ranked candidates only",
        [ANSWER_MOVED] = "is moving",
    };

    return text[code];
}

static void
on_answer(void *arg, const struct query *q, const struct answer *a)
{
    struct native_call *c = arg;

    c->exchange->about = query_about(q, a);
    if (a->code == ANSWER_OK) {
        send_prediction(c, q, a);
    } else if (a->code == ANSWER_MISSING_FEATURES) {
        native_send_missing(c->exchange, DIALECT_NATIVE, q);
    } else {
        reply_error(c->exchange, DIALECT_NATIVE, native_error_of(a->code),
                    NO_EXTRA, "table '%s' %s", q->table, explain(a->code));
    }
}

static void
set_parameters(struct query *q, const struct native_parameters *p)
{
    q->deadline_ns = p->deadline_ns;
    q->k = p->k;
}

/* Read user, deadline and body into q; false, answered, if one is bad. */
static bool
fill_query(struct desk *d, struct exchange *x, const struct http_request *req,
           const struct table_view *view, struct str raw_user, struct query *q)
{
    struct native_parameters parameters;
    struct body_fault fault;
    struct table_fault why;
    char room[USER_MAX];
    struct str user;

    if (native_path_user(raw_user, room, &user, &why) != RC_OK) {
        native_fail(d, x, view, why.error, why.text);
        return false;
    }
    CHECK(query_set_user(q, user) == RC_OK);
    if (!native_read_parameters(d, req, q->gen, &parameters)) {
        native_fail(d, x, view, REPLY_PARAMETER,
                    "a parameter of the URL is wrong");
    } else if (parameters.explain) {
        native_fail(d, x, view, REPLY_FORBIDDEN,
                    "answers are not explained here");
    } else if (req->method != HTTP_POST) {
        set_parameters(q, &parameters);
        return true;
    } else if (!native_is_json(req)) {
        native_fail(d, x, view, REPLY_MEDIA_TYPE, "the body is not JSON");
    } else if (native_body_read(req->body, q, &fault) != RC_OK) {
        native_fail(d, x, view, fault.error, fault.why.text);
    } else {
        set_parameters(q, &parameters);
        q->live = true;
        return true;
    }
    return false;
}

void
native_ask_user(struct desk *d, struct exchange *x,
                const struct http_request *req, struct str raw_table,
                struct str raw_user)
{
    struct native_call *c = (struct native_call *)x->state;
    const struct table_view *view = native_live_table(d, x, raw_table);
    struct query *q;

    if (view == NULL) {
        return;
    }
    q = lookup_begin(d->lookup, view);
    if (q == NULL) {
        native_fail(d, x, view, REPLY_MEMORY, "out of memory");
        return;
    }
    if (!fill_query(d, x, req, view, raw_user, q)) {
        lookup_drop(q);
        return;
    }
    c->desk = d;
    c->exchange = x;
    if (!str_copy(http_request_header(req, STR("if-none-match")),
                  c->if_none_match, sizeof(c->if_none_match))) {
        c->if_none_match[0] = '\0';
    }
    q->dialect = DIALECT_NATIVE;
    q->done = on_answer;
    q->arg = c;
    lookup_start(q);
}
