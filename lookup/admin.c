/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/admin.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/version.h"
#include "lookup/api/reply.h"
#include "lookup/core/generation.h"
#include "lookup/metrics.h"
#include "lookup/readiness.h"

#include <inttypes.h>
#include <stdlib.h>

#define BODY_MAX (64 * 1024 * 1024)

struct admin {
    struct admin_setup setup;
    struct tables *tables; /* which readiness shows, held */
    struct readiness readiness;
    struct buf body;
};

struct admin *
admin_create(const struct admin_setup *setup)
{
    struct admin *a = calloc(1, sizeof(*a));

    if (a != NULL) {
        a->setup = *setup;
        a->readiness.worker = setup->worker;
        a->readiness.nworker = setup->nworker;
        buf_init(&a->body, BODY_MAX);
    }
    return a;
}

void
admin_destroy(struct admin **a)
{
    if (a == NULL || *a == NULL) {
        return;
    }
    tables_release(&(*a)->tables);
    buf_fini(&(*a)->body);
    free(*a);
    *a = NULL;
}

void
admin_set_tables(struct admin *a, struct tables *t)
{
    tables_release(&a->tables);
    a->tables = t;
    a->setup.put.tables = t;
    a->readiness.tables = t;
}

void
admin_set_draining(struct admin *a)
{
    a->readiness.draining = true;
}

static void
send_text(struct admin *a, struct exchange *x, int status, const char *type)
{
    struct http_answer answer = {
        .status = status,
        .dialect = DIALECT_ADMIN,
        .content_type = type,
        .headers = STR("Cache-Control: no-store\r\n"),
        .body = buf_view(&a->body),
    };

    x->respond(x, &answer);
}

static void
show_live(struct admin *a, struct exchange *x)
{
    buf_c(&a->body, "ok\n");
    send_text(a, x, 200, "text/plain; charset=utf-8");
}

/*
 * "ready"; or "degraded" and what is amiss; or, and then it is false, why the
 * server is not ready.
 */
static bool
put_ready(struct admin *a, struct buf *out)
{
    size_t before = out->len;

    a->readiness.max_age_us = lookup_policy(a->setup.desk->lookup)->max_age_us;
    readiness_reasons(&a->readiness, out);
    if (out->len > before) {
        return false;
    }
    struct buf notes;

    buf_init(&notes, BODY_MAX);
    readiness_notes(&a->readiness, &notes);
    buf_c(out, notes.len == 0 ? "ready\n" : "degraded\n");
    buf_str(out, buf_view(&notes));
    buf_fini(&notes);
    return true;
}

static void
show_ready(struct admin *a, struct exchange *x)
{
    int status = put_ready(a, &a->body) ? 200 : 503;

    send_text(a, x, status, "text/plain; charset=utf-8");
}

static void
show_metrics(struct admin *a, struct exchange *x)
{
    struct metrics_source source[THREADS_MAX + 1];
    size_t n = 0;

    for (; n < a->setup.nworker; n++) {
        const struct worker *w = a->setup.worker[n];

        source[n] = (struct metrics_source){
            .lookup = worker_lookup_stats(w),
            .net = worker_net_stats(w),
            .store = worker_store_stats(w),
        };
    }
    source[n++] = (struct metrics_source){
        .lookup = lookup_stats(a->setup.desk->lookup),
        .net = a->setup.net,
        .store = &a->setup.put.store->stats,
        .is_admin = true,
    };
    metrics_render(&a->body, source, n, a->tables);
    send_text(a, x, 200, "text/plain; version=0.0.4; charset=utf-8");
}

/* Nothing shown here comes from a request, only names and our own words. */
static void
put_escaped(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.p[i]) {
        case '<':
            buf_c(out, "&lt;");
            break;
        case '&':
            buf_c(out, "&amp;");
            break;
        default:
            buf_char(out, text.p[i]);
        }
    }
}

static void
put_table_rows(const struct tables *t, struct buf *out)
{
    uint64_t now_us = clock_wall_us();

    for (size_t i = 0; i < t->n; i++) {
        const struct table_view *view = &t->view[i];
        const struct generation *g = view->live;

        buf_printf(out, "<tr><td>%s</td>", view->name);
        if (g != NULL) {
            buf_printf(out,
                       "<td>%" PRIu64 "</td><td>%" PRIu64
                       "</td><td>%s</td><td>%" PRIu64 " s</td><td>%s</td>",
                       g->number, g->info.rows, g->as_of,
                       now_us > g->info.as_of_us
                           ? (now_us - g->info.as_of_us) / 1000000
                           : 0,
                       scorer_name(g->scorer));
        } else {
            buf_c(out, "<td>none</td><td></td><td></td><td></td><td></td>");
        }
        buf_c(out, "<td>");
        put_escaped(out, str_of(view->problem));
        buf_c(out, "</td></tr>\n");
    }
}

static void
show_page(struct admin *a, struct exchange *x)
{
    struct buf *out = &a->body;
    struct buf part;

    buf_init(&part, 64 * 1024);
    bool ready = put_ready(a, &part);

    buf_c(out, "<!doctype html><meta charset=\"utf-8\"><title>lookup</title>"
               "<style>body{font:15px sans-serif;margin:2em}"
               "td,th{padding:.2em .8em;text-align:left}"
               "pre{background:#f4f4f4;padding:1em}</style>\n"
               "<h1>lookup " LOOKUP_VERSION "</h1>\n<p>");
    if (!ready) {
        buf_c(out, "Not ready: ");
    }
    put_escaped(out, buf_view(&part));
    buf_c(out, "</p>\n<table><tr><th>table</th><th>generation</th>"
               "<th>rows</th><th>as of</th><th>age</th><th>scorer</th>"
               "<th>problem</th></tr>\n");
    if (a->tables != NULL) {
        put_table_rows(a->tables, out);
    }
    buf_c(out, "</table>\n<p><a href=\"/metrics\">metrics</a> "
               "<a href=\"/health/ready\">ready</a></p>\n<pre>");
    buf_clear(&part);
    log_recent(&part);
    put_escaped(out, buf_view(&part));
    buf_c(out, "</pre>\n");
    buf_fini(&part);
    send_text(a, x, 200, "text/html; charset=utf-8");
}

void
admin_handle(void *arg, struct exchange *x, const struct http_request *req)
{
    struct admin *a = arg;
    static const struct {
        const char *path;
        void (*show)(struct admin *a, struct exchange *x);
    } pages[] = {
        {"/", show_page},
        {"/metrics", show_metrics},
        {"/health/live", show_live},
        {"/health/ready", show_ready},
    };

    if (native_put_matches(req)) {
        native_put_handle(&a->setup.put, x, req);
        return;
    }
    if (native_explain_matches(req)) {
        native_explain_handle(a->setup.desk, x, req);
        return;
    }
    buf_clear(&a->body);
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (!str_eq(req->path, str_of(pages[i].path))) {
            continue;
        }
        if (req->method == HTTP_GET || req->method == HTTP_HEAD) {
            pages[i].show(a, x);
        } else {
            reply_method(x, DIALECT_ADMIN, "GET, HEAD");
        }
        return;
    }
    reply_error(x, DIALECT_ADMIN, REPLY_NOT_FOUND, (struct str){NULL, 0},
                "the admin listener has /, /metrics, /health/live, "
                "/health/ready, GET /v1/{table}/{user}?explain=1 and PUT "
                "/v1/{table}/{user}/features");
}
