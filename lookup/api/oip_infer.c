/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_impl.h"

#include "lookup/api/oip_render.h"

#include <inttypes.h>

_Static_assert(BATCH_MAX == ROWS_MAX, "one bound for both");

/* Kept in the exchange's state until all is answered. */
struct infer_call {
    struct desk *desk;
    struct exchange *exchange;
    uint64_t version; /* asked for, or 0 */
    struct oip_request request;
};

_Static_assert(sizeof(struct infer_call) <= EXCHANGE_STATE, "state");

static void
fail(struct infer_call *c, struct oip_fault *fault)
{
    oip_request_fini(&c->request);
    oip_fail(c->desk, c->exchange, fault);
}

/* Before anybody was asked for. */
static void
refuse(struct infer_call *c, const struct table_view *view,
       struct oip_fault *fault)
{
    lookup_count(c->desk->lookup, view, DIALECT_OIP, OUTCOME_ERROR);
    fail(c, fault);
}

static void
send_result(struct infer_call *c, const struct oip_result *result)
{
    struct buf *out = &c->desk->body;
    struct oip_fault fault;
    size_t json_bytes;

    buf_clear(out);
    if (oip_render_result(out, &json_bytes, &c->request, result, &fault) !=
        RC_OK) {
        fail(c, &fault);
        return;
    }
    oip_request_fini(&c->request);
    if (out->len > json_bytes) {
        oip_send_tensors(c->desk, c->exchange, json_bytes);
    } else {
        oip_send(c->desk, c->exchange, 200);
    }
}

/* ----------------------------------------------------------------- users */

/* RC_INVAL: one could not be answered, which makes it the whole answer. */
static enum rc
check_answers(const struct batch *b, struct oip_fault *fault)
{
    for (size_t i = 0; i < batch_size(b); i++) {
        switch (batch_answer(b, i)->code) {
        case ANSWER_OK:
        case ANSWER_UNKNOWN_USER:
            break;
        case ANSWER_STORE_UNAVAILABLE:
            return oip_refuse(fault, 503, "the store did not answer in time");
        case ANSWER_TOO_COSTLY:
            return oip_refuse(fault, 503,
                              "there is no time left to score user %zu", i);
        case ANSWER_NOT_LIVE:
            return oip_refuse(fault, 501,
                              "this model holds ranked candidates only");
        default:
            return oip_refuse(fault, 503,
                              "the table is not whole in the store, or is "
                              "moving");
        }
    }
    return RC_OK;
}

static void
on_batch(void *arg, const struct batch *b)
{
    struct infer_call *c = arg;
    struct oip_fault fault;
    const struct table_view *view = batch_view(b, 0);

    if (check_answers(b, &fault) != RC_OK) {
        fail(c, &fault);
        return;
    }
    if (c->version != 0 && c->version != view->live->number) {
        oip_refuse(&fault, 404, "version %" PRIu64 " is no longer loaded",
                   c->version);
        fail(c, &fault);
        return;
    }
    send_result(c, &(struct oip_result){.view = view,
                                        .gen = view->live,
                                        .batch = b,
                                        .n = batch_size(b)});
}

static enum rc
add_users(const struct infer_call *c, const struct table_view *view,
          struct batch *b, struct oip_fault *fault)
{
    struct oip_texts texts = {.n = 0};
    struct str user;
    enum rc rc;

    fault->status = 400;
    while ((rc = oip_tensor_text(&c->request.input, &texts, &user,
                                 &fault->why)) == RC_OK) {
        if (batch_add(b, view, user) != RC_OK) {
            return oip_refuse(fault, 400, "user %zu has not 1 to 512 bytes",
                              texts.n - 1);
        }
    }
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static void
ask_users(struct infer_call *c, const struct table_view *view,
          uint64_t deadline_ns)
{
    const struct batch_setup setup = {
        .dialect = DIALECT_OIP,
        .deadline_ns = deadline_ns,
        .done = on_batch,
        .arg = c,
    };
    struct batch *b =
        batch_create(c->desk->lookup, &setup, c->request.input.shape[0]);
    struct oip_fault fault = {503, {"out of memory"}};

    if (b == NULL || add_users(c, view, b, &fault) != RC_OK) {
        refuse(c, view, &fault);
        batch_destroy(&b);
        return;
    }
    batch_run(b);
}

/* ------------------------------------------------------------------ rows */

static void
on_rows(void *arg, const struct rows *r, enum rc rc)
{
    struct infer_call *c = arg;
    struct oip_fault fault;

    if (rc == RC_OK) {
        send_result(c,
                    &(struct oip_result){
                        .view = r->view, .gen = r->gen, .rows = r, .n = r->n});
        return;
    }
    if (rc == RC_TIMEOUT || rc == RC_FULL) {
        oip_refuse(&fault, 503, "there is no time left to score these rows");
    } else {
        oip_refuse(&fault, 400, "the model rejects a row");
    }
    fail(c, &fault);
}

static enum rc
check_rows(const struct infer_call *c, const struct table_view *view,
           struct oip_fault *fault)
{
    size_t ncol = schema_size(view->live->schema);

    if (!generation_is_live(view->live)) {
        return oip_refuse(fault, 501,
                          "this model holds ranked candidates only");
    }
    if (c->request.input.shape[1] != ncol) {
        return oip_refuse(fault, 400, "a row has %zu features, the model %zu",
                          c->request.input.shape[1], ncol);
    }
    return RC_OK;
}

static void
ask_rows(struct infer_call *c, const struct table_view *view,
         uint64_t deadline_ns)
{
    struct oip_fault fault = {503, {"out of memory"}};
    struct rows *r = NULL;
    enum rc rc = check_rows(c, view, &fault);

    if (rc == RC_OK) {
        r = rows_create(c->desk->lookup, view, c->request.input.shape[0]);
    }
    if (r != NULL) {
        fault.status = 400;
        rc = oip_tensor_floats(&c->request.input, r->x, &fault.why);
    }
    if (r == NULL || rc != RC_OK) {
        refuse(c, view, &fault);
        rows_destroy(&r);
        return;
    }
    r->dialect = DIALECT_OIP;
    r->deadline_ns = deadline_ns;
    r->done = on_rows;
    r->arg = c;
    rows_run(r);
}

/* --------------------------------------------------------------- request */

static enum rc
check_version(const struct infer_call *c, const struct table_view *view,
              const struct table_fault *why, struct oip_fault *fault)
{
    if (view == NULL || view->live == NULL) {
        oip_table_fault(fault, why);
        return RC_NOT_FOUND;
    }
    if (c->version != 0 && c->version != view->live->number) {
        return oip_refuse(fault, 404, "version %" PRIu64 " is not loaded",
                          c->version);
    }
    return RC_OK;
}

void
oip_infer(struct desk *d, struct exchange *x, const struct http_request *req,
          struct str table, uint64_t version)
{
    struct infer_call *c = (struct infer_call *)x->state;
    struct str json_bytes =
        http_request_header(req, STR("inference-header-content-length"));
    uint64_t deadline_ns =
        req->arrived_ns + lookup_policy(d->lookup)->timeout_ns;
    struct table_fault why;
    struct oip_fault fault;
    const struct table_view *view = desk_live_table(d, table, &why);

    *c = (struct infer_call){d, x, version, {.root = NULL}};
    if (check_version(c, view, &why, &fault) != RC_OK ||
        oip_request_read(&c->request, req->body, json_bytes, &fault) != RC_OK) {
        refuse(c, view, &fault);
    } else if (c->request.input.shape[0] > ROWS_MAX) {
        oip_refuse(&fault, 400, "at most %d rows or users a request", ROWS_MAX);
        refuse(c, view, &fault);
    } else if (c->request.by_user) {
        ask_users(c, view, deadline_ns);
    } else {
        ask_rows(c, view, deadline_ns);
    }
}
