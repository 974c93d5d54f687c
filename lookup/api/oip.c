/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip.h"

#include "common/base/number.h"
#include "common/base/version.h"
#include "lookup/api/oip_impl.h"
#include "lookup/api/oip_render.h"
#include "lookup/api/path.h"

/*
 *   /v2                                       the server
 *   /v2/health/live, /v2/health/ready
 *   /v2/models/{t}[/versions/{g}]             a table
 *   /v2/models/{t}[/versions/{g}]/ready
 *   /v2/models/{t}[/versions/{g}]/infer       POST
 */
#define SEGMENTS_MAX 7

/* A path below /v2/models. */
struct model_path {
    char name[TABLE_MAX];
    struct str table;
    uint64_t version; /* 0: none is named */
    struct str verb;  /* p == NULL: none */
};

bool
oip_speaks(const struct http_request *req)
{
    return str_eq(req->path, STR("/v2")) || str_starts(req->path, STR("/v2/"));
}

static void
send_body(struct desk *d, struct exchange *x, int status, const char *text)
{
    buf_clear(&d->body);
    buf_c(&d->body, text);
    oip_send(d, x, status);
}

static void
fail(struct desk *d, struct exchange *x, int status, const char *text)
{
    struct oip_fault fault;

    oip_refuse(&fault, status, "%s", text);
    oip_fail(d, x, &fault);
}

/* ---------------------------------------------------------------- server */

/* As /health/ready of the admin listener, of what this worker holds. */
static bool
is_ready(struct desk *d)
{
    buf_clear(&d->body);
    tables_reasons(lookup_tables(d->lookup), &d->body);
    return d->body.len == 0;
}

static void
show_health(struct desk *d, struct exchange *x, struct str what)
{
    if (str_eq(what, STR("live"))) {
        send_body(d, x, 200, "{\"live\":true}\n");
    } else if (!str_eq(what, STR("ready"))) {
        fail(d, x, 404, "there is nothing at this path");
    } else if (is_ready(d)) {
        send_body(d, x, 200, "{\"ready\":true}\n");
    } else {
        send_body(d, x, 503, "{\"ready\":false}\n");
    }
}

/* ---------------------------------------------------------------- models */

/* Segments from the table's name on; false: there is no such path. */
static bool
read_model_path(const struct str *segment, size_t n, struct model_path *p)
{
    size_t len;

    *p = (struct model_path){.verb = {NULL, 0}};
    if (path_decode(segment[0], p->name, sizeof(p->name), &len) != RC_OK) {
        return false;
    }
    p->table = (struct str){p->name, len};
    segment++, n--;
    if (n >= 2 && str_eq(segment[0], STR("versions"))) {
        if (!number_parse_u64(segment[1], &p->version) || p->version == 0) {
            return false;
        }
        segment += 2, n -= 2;
    }
    p->verb = n == 1 ? segment[0] : p->verb;
    return n == 0 || (n == 1 && (str_eq(p->verb, STR("ready")) ||
                                 str_eq(p->verb, STR("infer"))));
}

static void
show_model(struct desk *d, struct exchange *x, const struct model_path *p)
{
    struct table_fault why;
    struct oip_fault fault;
    const struct table_view *view = desk_live_table(d, p->table, &why);

    if (view == NULL || view->live == NULL) {
        oip_table_fault(&fault, &why);
        oip_fail(d, x, &fault);
    } else if (p->version != 0 && p->version != view->live->number) {
        fail(d, x, 404, "this version is not loaded");
    } else if (p->verb.p != NULL) {
        send_body(d, x, 200, "{\"ready\":true}\n");
    } else {
        buf_clear(&d->body);
        oip_render_model(&d->body, view);
        oip_send(d, x, 200);
    }
}

/* ----------------------------------------------------------------- paths */

static void
handle_model(struct desk *d, struct exchange *x, const struct http_request *req,
             const struct str *segment, size_t n)
{
    struct model_path p;
    bool infers;

    if (!read_model_path(segment, n, &p)) {
        fail(d, x, 404, "there is nothing at this path");
        return;
    }
    infers = str_eq(p.verb, STR("infer"));
    if (infers ? req->method != HTTP_POST : !http_request_is_read(req)) {
        oip_fail_method(d, x, infers ? "POST" : "GET, HEAD");
    } else if (infers) {
        oip_infer(d, x, req, p.table, p.version);
    } else {
        show_model(d, x, &p);
    }
}

void
oip_handle(struct desk *d, struct exchange *x, const struct http_request *req)
{
    struct str segment[SEGMENTS_MAX];
    size_t n = path_split(req->path, segment, SEGMENTS_MAX);

    if (n >= 3 && n <= SEGMENTS_MAX && str_eq(segment[1], STR("models"))) {
        handle_model(d, x, req, segment + 2, n - 2);
    } else if (n != 1 && (n != 3 || !str_eq(segment[1], STR("health")))) {
        fail(d, x, 404, "there is nothing at this path");
    } else if (!http_request_is_read(req)) {
        oip_fail_method(d, x, "GET, HEAD");
    } else if (n == 1) {
        send_body(d, x, 200,
                  "{\"name\":\"lookup\",\"version\":\"" LOOKUP_VERSION "\","
                  "\"extensions\":[\"binary_tensor_data\"]}\n");
    } else {
        show_health(d, x, segment[2]);
    }
}
