/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native_explain.h"

#include "lookup/api/native_impl.h"
#include "lookup/api/path.h"

/* /v1/{table}/{user} */
#define SEGMENTS 3

struct explain_call {
    struct desk *desk;
    struct exchange *exchange;
};

bool
native_explain_matches(const struct http_request *req)
{
    struct str segment[SEGMENTS];

    return path_split(req->path, segment, SEGMENTS) == SEGMENTS &&
           str_eq(segment[0], STR("v1"));
}

static void
on_explained(void *arg, const struct explain *e)
{
    struct explain_call *c = arg;

    c->exchange->about = query_about(&e->q, &e->answer);
    buf_clear(&c->desk->body);
    native_explain_render(&c->desk->body, e);
    reply_json(c->exchange, DIALECT_ADMIN, &c->desk->body);
}

static void
fail(struct exchange *x, enum reply_error error, const char *text)
{
    reply_error(x, DIALECT_ADMIN, error, NO_EXTRA, "%s", text);
}

/* False, answered: it is no request to explain anything. */
static bool
read_request(const struct desk *d, struct exchange *x,
             const struct http_request *req, const struct generation *gen,
             struct native_parameters *p)
{
    if (req->method != HTTP_GET && req->method != HTTP_HEAD) {
        reply_method(x, DIALECT_ADMIN, "GET, HEAD");
        return false;
    }
    if (!native_read_parameters(d, req, gen, p) || !p->explain) {
        fail(x, REPLY_PARAMETER,
             "the admin listener explains answers: add ?explain=1; the public "
             "one gives them");
        return false;
    }
    return true;
}

void
native_explain_handle(struct desk *d, struct exchange *x,
                      const struct http_request *req)
{
    struct explain_call *c = (struct explain_call *)x->state;
    struct str segment[SEGMENTS];
    struct table_fault fault;
    struct native_parameters p;
    const struct table_view *view;
    char room[USER_MAX];
    struct str user;
    enum rc rc;

    (void)path_split(req->path, segment, SEGMENTS);
    view = native_find_live(lookup_tables(d->lookup), segment[1], &fault);
    if (view == NULL || view->live == NULL) {
        fail(x, fault.error, fault.text);
        return;
    }
    if (!read_request(d, x, req, view->live, &p)) {
        return;
    }
    if (native_path_user(segment[2], room, &user, &fault) != RC_OK) {
        fail(x, fault.error, fault.text);
        return;
    }
    *c = (struct explain_call){d, x};
    rc = explain_run(d->lookup, view,
                     &(struct explain_setup){.user = user,
                                             .k = p.k,
                                             .deadline_ns = p.deadline_ns,
                                             .done = on_explained,
                                             .arg = c});
    if (rc != RC_OK) {
        fail(x, REPLY_MEMORY, "out of memory");
    }
}
