/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_impl.h"

#include <inttypes.h>

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
    struct oip_call *c = arg;
    struct oip_fault fault;
    const struct table_view *view = batch_view(b, 0);

    c->exchange->about = batch_about(b);
    if (check_answers(b, &fault) != RC_OK) {
        oip_call_fail(c, &fault);
        return;
    }
    if (c->version != 0 && c->version != view->live->number) {
        oip_refuse(&fault, 404, "version %" PRIu64 " is no longer loaded",
                   c->version);
        oip_call_fail(c, &fault);
        return;
    }
    oip_call_send(c, &(struct oip_result){.view = view,
                                          .gen = view->live,
                                          .batch = b,
                                          .n = batch_size(b)});
}

static enum rc
add_users(const struct oip_call *c, const struct table_view *view,
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

void
oip_ask_users(struct oip_call *c, const struct table_view *view,
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
        oip_call_refuse(c, view, &fault);
        batch_destroy(&b);
        return;
    }
    batch_run(b);
}
