/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/dynamodb_impl.h"

#include "lookup/api/dynamodb_answer.h"

/*
 * GetItem is a batch of one: key i of the request is user i of the batch, and
 * the request is kept until all are answered.
 */
struct get_call {
    struct desk *desk;
    struct exchange *exchange;
    struct dynamodb_read *read;
};

_Static_assert(sizeof(struct get_call) <= EXCHANGE_STATE, "state");

static void
fail_answer(struct desk *d, struct exchange *x, const char *table,
            enum answer_code code)
{
    struct dynamodb_fault fault = {.error = DYNAMODB_INTERNAL};
    const char *why = "its predictions cannot be made live";

    if (code == ANSWER_TOO_COSTLY) {
        fault.error = DYNAMODB_THROTTLED;
        why = "no time is left to score this key";
    } else if (code == ANSWER_STORE_UNAVAILABLE) {
        why = "the store did not answer in time";
    } else if (code == ANSWER_TABLE_UNAVAILABLE) {
        why = "it is not whole in the store, or is moving";
    }
    err_set(&fault.why, RC_UNAVAIL, "table '%s': %s", table, why);
    dynamodb_fail(d, x, &fault);
}

static void
on_item(void *arg, const struct batch *b)
{
    struct get_call c = *(struct get_call *)arg;
    const struct answer *a = batch_answer(b, 0);
    struct dynamodb_read *r = c.read;
    struct buf *out = &c.desk->body;

    c.exchange->about = batch_about(b);
    if (a->code != ANSWER_OK && a->code != ANSWER_UNKNOWN_USER) {
        fail_answer(c.desk, c.exchange, r->table[0].name, a->code);
    } else {
        buf_clear(out);
        dynamodb_answer_item(out, r, a);
        dynamodb_send(c.desk, c.exchange);
    }
    dynamodb_read_destroy(&r);
}

/* The first user whom asking again will not help, or ANSWER_OK. */
static enum answer_code
find_lasting(const struct batch *b)
{
    for (size_t i = 0; i < batch_size(b); i++) {
        enum answer_code code = batch_answer(b, i)->code;

        if (code != ANSWER_OK && code != ANSWER_UNKNOWN_USER &&
            !dynamodb_is_passing(code)) {
            return code;
        }
    }
    return ANSWER_OK;
}

static void
on_batch(void *arg, const struct batch *b)
{
    struct get_call c = *(struct get_call *)arg;
    enum answer_code lasting = find_lasting(b);

    c.exchange->about = batch_about(b);
    if (lasting != ANSWER_OK) {
        fail_answer(c.desk, c.exchange, c.read->table[0].name, lasting);
    } else {
        buf_clear(&c.desk->body);
        dynamodb_answer_batch(&c.desk->body, c.read, b);
        dynamodb_send(c.desk, c.exchange);
    }
    dynamodb_read_destroy(&c.read);
}

/* RC_INVAL: a table cannot answer. */
static enum rc
add_keys(struct desk *d, const struct dynamodb_read *r, struct batch *b,
         struct dynamodb_fault *fault)
{
    size_t at = 0;

    for (size_t i = 0; i < r->ntable; i++) {
        const struct dynamodb_table *t = &r->table[i];
        struct table_fault why;
        const struct table_view *view =
            desk_live_table(d, str_of(t->name), &why);

        if (view == NULL || view->live == NULL) {
            dynamodb_table_fault(fault, t->name, &why);
            return RC_INVAL;
        }
        for (size_t end = at + t->nkey; at < end; at++) {
            if (batch_add(b, view, r->key[at].id) != RC_OK) {
                return dynamodb_refuse(fault, DYNAMODB_THROTTLED,
                                       "out of memory");
            }
        }
    }
    return RC_OK;
}

static enum rc
create_batch(struct desk *d, struct get_call *c, const struct http_request *req,
             batch_done_fn done, struct batch **b, struct dynamodb_fault *fault)
{
    const struct batch_setup setup = {
        .dialect = DIALECT_DYNAMODB,
        .deadline_ns = req->arrived_ns + lookup_policy(d->lookup)->timeout_ns,
        .done = done,
        .arg = c,
    };

    struct table_fault why;

    *b = NULL;
    if (desk_tables(d, &why) == NULL) {
        return dynamodb_refuse(fault, DYNAMODB_INTERNAL, "%s", why.text);
    }
    *b = batch_create(d->lookup, &setup, c->read->nkey);
    if (*b == NULL) {
        return dynamodb_refuse(fault, DYNAMODB_THROTTLED, "out of memory");
    }
    return add_keys(d, c->read, *b, fault);
}

/* rc: of reading the body; fault says why it is not RC_OK. */
static void
ask(struct desk *d, struct exchange *x, const struct http_request *req,
    struct dynamodb_read *r, batch_done_fn done, enum rc rc,
    struct dynamodb_fault *fault)
{
    struct get_call *c = (struct get_call *)x->state;
    struct batch *b = NULL;

    *c = (struct get_call){d, x, r};
    if (rc == RC_OK) {
        rc = create_batch(d, c, req, done, &b, fault);
    }
    if (rc == RC_OK) {
        batch_run(b);
        return;
    }
    lookup_count(d->lookup, NULL, DIALECT_DYNAMODB, OUTCOME_ERROR);
    dynamodb_fail(d, x, fault);
    batch_destroy(&b);
    dynamodb_read_destroy(&r);
}

void
dynamodb_get_item(struct desk *d, struct exchange *x,
                  const struct http_request *req)
{
    struct dynamodb_fault fault;
    struct dynamodb_read *r;
    enum rc rc = dynamodb_read_item(&r, req->body, &fault);

    ask(d, x, req, r, on_item, rc, &fault);
}

void
dynamodb_batch_get_item(struct desk *d, struct exchange *x,
                        const struct http_request *req)
{
    struct dynamodb_fault fault;
    struct dynamodb_read *r;
    enum rc rc = dynamodb_read_batch(&r, req->body, &fault);

    ask(d, x, req, r, on_batch, rc, &fault);
}
