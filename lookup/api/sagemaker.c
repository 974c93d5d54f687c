/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/sagemaker_impl.h"

#include "lookup/api/path.h"

#include <stdio.h>
#include <stdlib.h>

/*
 *   /ping                              is the default table ready?
 *   /execution-parameters              how a batch transform shall ask
 *   /invocations                       of the default table      POST
 *   /endpoints/{table}/invocations     as clients of SageMaker ask it
 *
 * An invocation is rows to score (sagemaker_invoke.c) or, when its custom
 * attributes say so, users to look up (sagemaker_users.c).
 */

#define SEGMENTS_MAX 4

struct sagemaker *
sagemaker_create(struct desk *desk, const struct sagemaker_settings *settings)
{
    struct sagemaker *s = calloc(1, sizeof(*s));

    if (s != NULL) {
        s->desk = desk;
        s->settings = settings;
    }
    return s;
}

void
sagemaker_destroy(struct sagemaker **s)
{
    free(*s);
    *s = NULL;
}

bool
sagemaker_is_invocation(const struct http_request *req)
{
    return str_eq(req->path, STR("/invocations")) ||
           str_starts(req->path, STR("/endpoints/"));
}

bool
sagemaker_speaks(const struct sagemaker *s, const struct http_request *req)
{
    return s->settings->container || sagemaker_is_invocation(req) ||
           str_eq(req->path, STR("/ping")) ||
           str_eq(req->path, STR("/execution-parameters"));
}

static void
say(struct exchange *x, int status, const char *content_type, const char *text)
{
    struct http_answer a = {
        .status = status,
        .dialect = DIALECT_SAGEMAKER,
        .content_type = content_type,
        .body = str_of(text),
    };

    if (status == 503) {
        a.headers = STR("Retry-After: 1\r\n");
    }
    x->respond(x, &a);
}

/* ------------------------------------------------------ about the server */

/* What is asked for by default can answer; or else anything can. */
static bool
is_ready(const struct desk *d)
{
    const struct tables *t = lookup_tables(d->lookup);
    const struct table_view *view;
    bool ready = false;

    if (t != NULL && d->default_table != NULL) {
        view = tables_default(t, d->default_table);
        return view != NULL && view->live != NULL;
    }
    for (size_t i = 0; t != NULL && i < t->n; i++) {
        ready = ready || t->view[i].live != NULL;
    }
    return ready;
}

static void
answer_ping(const struct sagemaker *s, struct exchange *x)
{
    say(x, is_ready(s->desk) ? 200 : 503, SAGEMAKER_TEXT, "");
}

static void
answer_parameters(const struct sagemaker *s, struct exchange *x)
{
    char text[128];

    snprintf(text, sizeof(text),
             "{\"MaxConcurrentTransforms\": %zu, \"BatchStrategy\": "
             "\"MULTI_RECORD\", \"MaxPayloadInMB\": %zu}",
             s->settings->concurrent,
             s->settings->max_payload_bytes / (1024 * 1024));
    say(x, 200, "application/json", text);
}

/* ----------------------------------------------------------- invocations */

/* Only what may stand in a header of ours; else it is left out. */
static void
keep_header(const struct http_request *req, struct str name, char *out,
            size_t cap)
{
    struct str value = http_request_header(req, name);
    bool visible = value.len < cap;

    for (size_t i = 0; visible && i < value.len; i++) {
        visible = value.p[i] >= ' ' && value.p[i] <= '~';
    }
    if (!visible || !str_copy(value, out, cap)) {
        out[0] = '\0';
    }
}

/* "lookup=user", alone or among others. */
static bool
asks_for_users(const struct sagemaker_call *c)
{
    struct str rest = str_of(c->attributes);

    while (rest.p != NULL) {
        if (str_eq(str_trim(str_cut(&rest, ',')), STR("lookup=user"))) {
            return true;
        }
    }
    return false;
}

/* raw_table.p is NULL: none is named. */
static const struct table_view *
find_table(const struct desk *d, struct str raw_table,
           struct sagemaker_fault *fault)
{
    struct table_fault why = {REPLY_UNKNOWN_TABLE, "there is no such table"};
    const struct table_view *view = NULL;
    char name[TABLE_MAX];
    size_t len = 0;

    if (raw_table.p == NULL) {
        view = desk_live_table(d, raw_table, &why);
    } else if (path_decode(raw_table, name, sizeof(name), &len) == RC_OK) {
        view = desk_live_table(d, (struct str){name, len}, &why);
    }
    if (view == NULL || view->live == NULL) {
        fault->status = why.error == REPLY_UNKNOWN_TABLE ? 404 : 503;
        (void)err_set(&fault->why, RC_NOT_FOUND, "Endpoint not found: %s",
                      why.text);
    }
    return view;
}

/* What is known to fail before a row is read. */
static enum rc
check_table(const struct sagemaker_call *c, const struct table_view *view,
            struct sagemaker_fault *fault)
{
    const struct generation_info *info = &view->live->info;

    if (info->kind != TABLE_SCORE) {
        fault->status = 400;
        return err_set(&fault->why, RC_REFUSED,
                       "table '%s' ranks items, which have no place here: ask "
                       "/v1/%s",
                       view->name, view->name);
    }
    if (c->sagemaker->settings->selection.n > 0 &&
        !sagemaker_can_select(info->objective)) {
        fault->status = 500;
        return err_set(&fault->why, RC_REFUSED,
                       "Objective `%s` unsupported for selectable inference "
                       "predictions.",
                       info->objective);
    }
    if (asks_for_users(c) && c->form != SAGEMAKER_CSV) {
        fault->status = 415;
        return err_set(&fault->why, RC_REFUSED,
                       "user ids are sent as text/csv, one a row");
    }
    return RC_OK;
}

static void
invoke(struct sagemaker *s, struct exchange *x, const struct http_request *req,
       struct str raw_table)
{
    struct sagemaker_call *c = (struct sagemaker_call *)x->state;
    const struct table_view *view = NULL;
    struct sagemaker_fault fault = {0};
    enum rc rc;

    *c = (struct sagemaker_call){
        .sagemaker = s, .exchange = x, .is_endpoint = raw_table.p != NULL};
    keep_header(req, STR("X-Amzn-SageMaker-Custom-Attributes"), c->attributes,
                sizeof(c->attributes));
    keep_header(req, STR("X-Amzn-SageMaker-Target-Variant"), c->variant,
                sizeof(c->variant));
    rc = sagemaker_media_type(req, &c->form, &fault);
    if (req->body.len == 0 || rc == RC_NOT_FOUND) {
        say(x, 204, SAGEMAKER_TEXT, "");
        return;
    }
    if (rc == RC_OK) {
        rc = sagemaker_media_accept(req, s->settings->by_default, &c->output,
                                    &fault);
    }
    if (rc == RC_OK) {
        view = find_table(s->desk, raw_table, &fault);
        rc = fault.status == 0 ? check_table(c, view, &fault) : RC_REFUSED;
    }
    if (rc != RC_OK) {
        sagemaker_fail_early(c, view, &fault);
    } else if (asks_for_users(c)) {
        sagemaker_invoke_users(c, req, view);
    } else {
        sagemaker_invoke_rows(c, req, view);
    }
}

/* ------------------------------------------------------------ the routes */

static void
refuse_method(struct exchange *x, const char *allow)
{
    struct http_answer a = {
        .status = 405,
        .dialect = DIALECT_SAGEMAKER,
        .content_type = SAGEMAKER_TEXT,
        .headers = str_of(allow),
        .body = STR("The method is not allowed for the requested URL."),
    };

    x->respond(x, &a);
}

void
sagemaker_handle(struct sagemaker *s, struct exchange *x,
                 const struct http_request *req)
{
    struct str segment[SEGMENTS_MAX] = {{NULL, 0}};
    size_t n = path_split(req->path, segment, SEGMENTS_MAX);
    bool invocation = (n == 1 && str_eq(segment[0], STR("invocations"))) ||
                      (n == 3 && str_eq(segment[0], STR("endpoints")) &&
                       str_eq(segment[2], STR("invocations")));
    bool ping = n == 1 && str_eq(segment[0], STR("ping"));
    bool parameters = n == 1 && str_eq(segment[0], STR("execution-parameters"));

    if (!invocation && !ping && !parameters) {
        say(x, 404, SAGEMAKER_TEXT,
            "The requested URL was not found on the server.");
    } else if (invocation && req->method == HTTP_POST) {
        invoke(s, x, req, segment[1]);
    } else if (invocation || !http_request_is_read(req)) {
        refuse_method(x,
                      invocation ? "Allow: POST\r\n" : "Allow: GET, HEAD\r\n");
    } else if (ping) {
        answer_ping(s, x);
    } else {
        answer_parameters(s, x);
    }
}
