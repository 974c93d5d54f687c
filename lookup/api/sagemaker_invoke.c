/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A body's rows go through core/bulk: read by sagemaker_rows, written by
 * sagemaker_render. If they are many, that happens on a scoring thread, after
 * the request's bytes are gone: the body is kept until then.
 */
#include "lookup/api/sagemaker_impl.h"

#include "lookup/core/bulk.h"

#include <stdlib.h>

/* As long as SageMaker waits for its container. */
#define DEADLINE_NS 60000000000ull

/* Reading or writing more than this is no work for a worker's loop. */
#define HEAVY_BYTES   (16 * 1024)
#define HEAVY_NUMBERS 512

/* Bodies kept by one worker. */
#define KEPT_BYTES_MAX (64 * 1024 * 1024)

/* An answer's most bytes. */
#define OUTPUT_MAX (64 * 1024 * 1024 - 64 * 1024)

struct invocation {
    struct sagemaker *sagemaker;
    struct sagemaker_call *call; /* until it is answered */
    struct sagemaker_rows rows;
    struct sagemaker_render render;
    struct buf out;
    size_t kept_bytes;
    char kept[]; /* the body, if its rows are not read at once */
};

static void
destroy_invocation(struct invocation *v)
{
    v->sagemaker->kept_bytes -= v->kept_bytes;
    sagemaker_rows_fini(&v->rows);
    buf_fini(&v->out);
    free(v);
}

static enum rc
on_read(void *arg, float *x, size_t max, size_t *n)
{
    struct invocation *v = arg;

    return sagemaker_rows_next(&v->rows, x, max, n);
}

static enum rc
on_write(void *arg, const struct prediction *p, size_t n)
{
    struct invocation *v = arg;

    sagemaker_render_rows(&v->render, p->y, n);
    return buf_failed(&v->out) ? RC_NOMEM : RC_OK;
}

static void
explain(struct sagemaker_fault *fault, enum rc rc)
{
    if (rc == RC_REFUSED) {
        return; /* the reader has said why */
    }
    if (rc == RC_INVAL) {
        fault->status = 400;
        (void)err_set(&fault->why, rc,
                      "Unable to evaluate payload provided: the model rejects "
                      "a row");
    } else if (rc == RC_NOMEM) {
        *fault = SAGEMAKER_NO_MEMORY;
    } else {
        fault->status = 503;
        (void)err_set(&fault->why, rc,
                      "there is no time left to score these rows; send fewer, "
                      "or try again");
    }
}

static void
on_done(void *arg, const struct bulk *b, enum rc rc)
{
    struct invocation *v = arg;

    v->call->exchange->about = bulk_about(b, rc);
    if (rc == RC_OK) {
        sagemaker_render_end(&v->render);
        sagemaker_answer(v->call, b->gen, "live", &v->out);
    } else {
        explain(&v->rows.fault, rc);
        sagemaker_fail(v->call, &v->rows.fault);
    }
    destroy_invocation(v);
}

static struct bulk *
make_bulk(struct invocation *v, const struct http_request *req,
          const struct table_view *view)
{
    bool large = req->body.len > HEAVY_BYTES;
    size_t nrow = large ? 0 : sagemaker_count_rows(v->call->form, req->body);
    const struct bulk_setup setup = {
        .dialect = DIALECT_SAGEMAKER,
        .deadline_ns = req->arrived_ns + DEADLINE_NS,
        .nrow = nrow,
        .heavy = large || nrow * generation_room(view->live) > HEAVY_NUMBERS,
        .read = on_read,
        .write = on_write,
        .done = on_done,
        .arg = v,
    };

    return bulk_create(v->sagemaker->desk->lookup, view, &setup);
}

/* The body as long as the invocation needs it. */
static struct str
keep_body(struct invocation *v, struct str body)
{
    memcpy(v->kept, body.p, body.len);
    v->kept_bytes = body.len;
    v->sagemaker->kept_bytes += body.len;
    return (struct str){v->kept, body.len};
}

static void
give_up(struct invocation *v, struct bulk *b, const struct table_view *view,
        enum rc rc)
{
    explain(&v->rows.fault, rc);
    sagemaker_fail_early(v->call, view, &v->rows.fault);
    bulk_destroy(&b);
    destroy_invocation(v);
}

void
sagemaker_invoke_rows(struct sagemaker_call *c, const struct http_request *req,
                      const struct table_view *view)
{
    struct sagemaker *s = c->sagemaker;
    const struct generation *gen = view->live;
    struct invocation *v = s->kept_bytes + req->body.len > KEPT_BYTES_MAX
                               ? NULL
                               : malloc(sizeof(*v) + req->body.len);
    struct str body = req->body;
    struct bulk *b;
    enum rc rc;

    if (v == NULL) {
        sagemaker_fail_early(c, view, &SAGEMAKER_NO_MEMORY);
        return;
    }
    *v = (struct invocation){.sagemaker = s, .call = c};
    buf_init(&v->out, OUTPUT_MAX);
    v->render = sagemaker_renderer(c, gen, &v->out);
    b = make_bulk(v, req, view);
    if (b == NULL) {
        give_up(v, b, view, RC_NOMEM);
        return;
    }
    body = bulk_is_heavy(b) ? keep_body(v, body) : body;
    rc = sagemaker_rows_init(&v->rows, c->form, gen->schema, body);
    if (rc != RC_OK) {
        give_up(v, b, view, rc);
    } else {
        bulk_run(b);
    }
}
