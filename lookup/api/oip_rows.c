/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_impl.h"

static void
on_rows(void *arg, const struct rows *r, enum rc rc)
{
    struct oip_call *c = arg;
    struct oip_fault fault;

    c->exchange->about = rows_about(r, rc);
    if (rc == RC_OK) {
        oip_call_send(
            c, &(struct oip_result){
                   .view = r->view, .gen = r->gen, .rows = r, .n = r->n});
        return;
    }
    if (rc == RC_TIMEOUT || rc == RC_FULL) {
        oip_refuse(&fault, 503, "there is no time left to score these rows");
    } else {
        oip_refuse(&fault, 400, "the model rejects a row");
    }
    oip_call_fail(c, &fault);
}

static enum rc
check_rows(const struct oip_call *c, const struct table_view *view,
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

void
oip_ask_rows(struct oip_call *c, const struct table_view *view,
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
        oip_call_refuse(c, view, &fault);
        rows_destroy(&r);
        return;
    }
    r->dialect = DIALECT_OIP;
    r->deadline_ns = deadline_ns;
    r->done = on_rows;
    r->arg = c;
    rows_run(r);
}
