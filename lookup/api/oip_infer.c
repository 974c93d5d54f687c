/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_impl.h"

#include <inttypes.h>

_Static_assert(BATCH_MAX == ROWS_MAX, "one bound for both");
_Static_assert(sizeof(struct oip_call) <= EXCHANGE_STATE, "state");

void
oip_call_fail(struct oip_call *c, struct oip_fault *fault)
{
    oip_request_fini(&c->request);
    oip_fail(c->desk, c->exchange, fault);
}

void
oip_call_refuse(struct oip_call *c, const struct table_view *view,
                struct oip_fault *fault)
{
    lookup_count(c->desk->lookup, view, DIALECT_OIP, OUTCOME_ERROR);
    oip_call_fail(c, fault);
}

void
oip_call_send(struct oip_call *c, const struct oip_result *result)
{
    struct buf *out = &c->desk->body;
    struct oip_fault fault;
    size_t json_bytes;

    buf_clear(out);
    if (oip_render_result(out, &json_bytes, &c->request, result, &fault) !=
        RC_OK) {
        oip_call_fail(c, &fault);
        return;
    }
    oip_request_fini(&c->request);
    if (out->len > json_bytes) {
        oip_send_tensors(c->desk, c->exchange, json_bytes);
    } else {
        oip_send(c->desk, c->exchange, 200);
    }
}

static enum rc
check_version(const struct oip_call *c, const struct table_view *view,
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
    struct oip_call *c = (struct oip_call *)x->state;
    struct str json_bytes =
        http_request_header(req, STR("inference-header-content-length"));
    uint64_t deadline_ns =
        req->arrived_ns + lookup_policy(d->lookup)->timeout_ns;
    struct table_fault why;
    struct oip_fault fault;
    const struct table_view *view = desk_live_table(d, table, &why);

    *c = (struct oip_call){d, x, version, {.root = NULL}};
    if (check_version(c, view, &why, &fault) != RC_OK ||
        oip_request_read(&c->request, req->body, json_bytes,
                         schema_size(view->live->schema), &fault) != RC_OK) {
        oip_call_refuse(c, view, &fault);
    } else if (c->request.input.shape[0] > ROWS_MAX) {
        oip_refuse(&fault, 400, "at most %d rows or users a request", ROWS_MAX);
        oip_call_refuse(c, view, &fault);
    } else if (c->request.by_user) {
        oip_ask_users(c, view, deadline_ns);
    } else {
        oip_ask_rows(c, view, deadline_ns);
    }
}
