/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native_impl.h"

#include "lookup/api/native_many_body.h"
#include "lookup/api/native_render.h"

/* Kept in the exchange's state. */
struct many_call {
    struct desk *desk;
    struct exchange *exchange;
    size_t k;
};

_Static_assert(sizeof(struct many_call) <= EXCHANGE_STATE, "state");

static void
send_body(const struct many_call *c)
{
    buf_c(&c->desk->body, "]}\n");
    reply_json(c->exchange, DIALECT_NATIVE, &c->desk->body);
}

/* The table of a batch is gone since it was asked for. */
static void
send_gone(const struct many_call *c)
{
    reply_error(c->exchange, DIALECT_NATIVE, REPLY_TABLE, NO_EXTRA,
                "the table is moving");
}

static void
on_batch(void *arg, const struct batch *b)
{
    const struct many_call *c = arg;
    struct buf *out = &c->desk->body;
    const struct table_view *view = batch_view(b, 0);

    c->exchange->about = batch_about(b);
    if (view == NULL || view->live == NULL) {
        send_gone(c);
        return;
    }
    buf_clear(out);
    native_render_batch_head(out, view->name, view->live);
    for (size_t i = 0; i < batch_size(b); i++) {
        const struct answer *a = batch_answer(b, i);

        if (i > 0) {
            buf_char(out, ',');
        }
        native_render_result(
            out, batch_user(b, i), c->k, a,
            a->code == ANSWER_OK ? NULL : reply_code(native_error_of(a->code)));
    }
    send_body(c);
}

static void
on_rows(void *arg, const struct rows *r, enum rc rc)
{
    const struct many_call *c = arg;
    struct buf *out = &c->desk->body;
    struct prediction p = r->out;

    c->exchange->about = rows_about(r, rc);
    if (rc != RC_OK) {
        bool late = rc == RC_TIMEOUT || rc == RC_FULL;

        reply_error(c->exchange, DIALECT_NATIVE,
                    late ? REPLY_COSTLY : REPLY_ROW, NO_EXTRA, "%s",
                    late ? "there is no time left to score these rows"
                         : "the model rejects a row");
        return;
    }
    buf_clear(out);
    native_render_batch_head(out, r->view->name, r->gen);
    for (size_t i = 0; i < r->n; i++) {
        buf_c(out, i == 0 ? "{" : ",{");
        buf_c(out, "\"source\":\"live\",");
        native_render_prediction(out, r->gen, &p, c->k);
        buf_char(out, '}');
        p.y = p.y == NULL ? NULL : p.y + p.n;
        p.item = p.item == NULL ? NULL : p.item + p.n;
    }
    send_body(c);
}

static void
ask_users(struct many_call *c, const struct many_body *body,
          const struct table_view *view, uint64_t deadline_ns)
{
    struct desk *d = c->desk;
    const struct batch_setup setup = {
        .dialect = DIALECT_NATIVE,
        .deadline_ns = deadline_ns,
        .done = on_batch,
        .arg = c,
    };
    struct batch *b = batch_create(d->lookup, &setup, body->n);
    struct body_fault fault;

    if (b == NULL) {
        native_fail(d, c->exchange, view, REPLY_MEMORY, "out of memory");
    } else if (many_body_users(body, b, view, &fault) != RC_OK) {
        native_fail(d, c->exchange, view, fault.error, fault.why.text);
        batch_destroy(&b);
    } else {
        batch_run(b);
    }
}

static void
ask_rows(struct many_call *c, const struct many_body *body,
         const struct table_view *view, uint64_t deadline_ns)
{
    struct desk *d = c->desk;
    struct body_fault fault;
    struct rows *r;

    if (!generation_is_live(view->live)) {
        native_fail(d, c->exchange, view, REPLY_NOT_LIVE,
                    "the table holds ranked candidates only");
        return;
    }
    r = rows_create(d->lookup, view, body->n);
    if (r == NULL) {
        native_fail(d, c->exchange, view, REPLY_MEMORY, "out of memory");
    } else if (many_body_rows(body, r, &fault) != RC_OK) {
        native_fail(d, c->exchange, view, fault.error, fault.why.text);
        rows_destroy(&r);
    } else {
        r->dialect = DIALECT_NATIVE;
        r->deadline_ns = deadline_ns;
        r->done = on_rows;
        r->arg = c;
        rows_run(r);
    }
}

void
native_ask_many(struct desk *d, struct exchange *x,
                const struct http_request *req, struct str raw_table)
{
    struct many_call *c = (struct many_call *)x->state;
    const struct table_view *view = native_live_table(d, x, raw_table);
    struct native_parameters parameters;
    struct body_fault fault;
    struct many_body body;

    if (view == NULL) {
        return;
    }
    if (!native_read_parameters(d, req, view->live, &parameters)) {
        native_fail(d, x, view, REPLY_PARAMETER,
                    "a parameter of the URL is wrong");
    } else if (!native_is_json(req)) {
        native_fail(d, x, view, REPLY_MEDIA_TYPE, "the body is not JSON");
    } else if (many_body_read(&body, req->body, schema_size(view->live->schema),
                              &fault) != RC_OK) {
        native_fail(d, x, view, fault.error, fault.why.text);
    } else {
        *c = (struct many_call){d, x, parameters.k};
        (body.is_rows ? ask_rows : ask_users)(c, &body, view,
                                              parameters.deadline_ns);
        many_body_fini(&body);
    }
}
