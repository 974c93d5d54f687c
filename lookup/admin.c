/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/admin.h"

#include "lookup/admin_page.h"
#include "lookup/api/reply.h"
#include "lookup/metrics.h"
#include "lookup/readiness.h"

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

static void
show_page(struct admin *a, struct exchange *x)
{
    struct buf said;

    buf_init(&said, BODY_MAX);
    struct admin_page page = {
        .ready = put_ready(a, &said),
        .tables = a->tables,
    };

    page.said = buf_view(&said);
    admin_page_render(&a->body, &page);
    buf_fini(&said);
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
