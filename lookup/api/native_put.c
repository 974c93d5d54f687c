/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native_put.h"

#include "common/base/check.h"
#include "lookup/api/native_body.h"
#include "lookup/api/native_impl.h"
#include "lookup/api/path.h"
#include "lookup/core/put.h"

/* /v1/{table}/{user}/features */
#define SEGMENTS 4

bool
native_put_matches(const struct http_request *req)
{
    struct str segment[SEGMENTS];

    return path_split(req->path, segment, SEGMENTS) == SEGMENTS &&
           str_eq(segment[0], STR("v1")) && str_eq(segment[3], STR("features"));
}

static void
on_put(void *arg, const struct query *q, enum answer_code code)
{
    struct exchange *x = arg;
    const struct http_answer done = {.status = 204,
                                     .dialect = DIALECT_ADMIN,
                                     .headers =
                                         STR("Cache-Control: no-store\r\n")};

    if (code == ANSWER_OK) {
        x->respond(x, &done);
    } else if (code == ANSWER_MISSING_FEATURES) {
        native_send_missing(x, DIALECT_ADMIN, q);
    } else {
        reply_error(x, DIALECT_ADMIN, REPLY_STORE, NO_EXTRA,
                    "the store did not answer in time; whatever was written, "
                    "the same request may be sent again");
    }
}

/* Read user, deadline and body into q. */
static enum rc
fill(const struct native_put *p, const struct http_request *req,
     struct str raw_user, struct query *q, struct body_fault *fault)
{
    struct table_fault why;
    char room[USER_MAX];
    struct str user;
    enum rc rc = native_path_user(raw_user, room, &user, &why);

    q->deadline_ns = req->arrived_ns + p->timeout_ns;
    if (rc != RC_OK) {
        fault->error = why.error;
        return err_set(&fault->why, rc, "%s", why.text);
    }
    CHECK(query_set_user(q, user) == RC_OK);
    if (req->query.len > 0) {
        fault->error = REPLY_PARAMETER;
        return err_set(&fault->why, RC_INVAL, "PUT takes no parameters");
    }
    if (!native_is_json(req)) {
        fault->error = REPLY_MEDIA_TYPE;
        return err_set(&fault->why, RC_INVAL, "the body is not JSON");
    }
    rc = native_body_read(req->body, q, fault);
    if (rc == RC_OK && q->partial) {
        fault->error = REPLY_FIELD;
        return err_set(&fault->why, RC_INVAL,
                       "a stored row is whole: PUT takes no \"partial\"");
    }
    return rc;
}

void
native_put_handle(const struct native_put *p, struct exchange *x,
                  const struct http_request *req)
{
    struct str segment[SEGMENTS];
    struct table_fault fault;
    struct body_fault body_fault;
    const struct table_view *view;
    struct put *put;

    (void)path_split(req->path, segment, SEGMENTS);
    if (req->method != HTTP_PUT) {
        reply_method(x, DIALECT_ADMIN, "PUT");
        return;
    }
    view = native_find_live(p->tables, segment[1], &fault);
    if (view == NULL || view->live == NULL) {
        reply_error(x, DIALECT_ADMIN, fault.error, NO_EXTRA, "%s", fault.text);
        return;
    }
    if (view->live->storeless) {
        reply_error(x, DIALECT_ADMIN, REPLY_NO_STORE, NO_EXTRA,
                    "this server has a model and no store");
        return;
    }
    put = put_create(p->store, p->prefix, view);
    if (put == NULL) {
        reply_error(x, DIALECT_ADMIN, REPLY_MEMORY, NO_EXTRA, "out of memory");
    } else if (fill(p, req, segment[2], put_query(put), &body_fault) != RC_OK) {
        reply_error(x, DIALECT_ADMIN, body_fault.error, NO_EXTRA, "%s",
                    body_fault.why.text);
        put_destroy(&put);
    } else {
        put_run(put, on_put, x);
    }
}
