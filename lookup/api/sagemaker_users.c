/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row is a user's id: the whole line, or a quoted cell. Of a user that is
 * unknown there is no prediction, and the row says so by nan or null, so that
 * rows and answers stay side by side; what could not be answered is an error
 * of the whole request.
 */
#include "lookup/api/sagemaker_impl.h"

#include "common/model/csv.h"
#include "lookup/core/batch.h"

#include <stdio.h>

/* A quoted id at its longest. */
#define LINE_MAX (2 * USER_MAX + 2)

static const char *const outcomes[] = OUTCOME_NAMES;

static const struct sagemaker_fault unavailable = {
    503, {"the store did not answer in time, or the table is moving"}};

/* What there is of them: "precomputed, live". */
static const char *
list_sources(const struct batch *b, char out[128])
{
    bool there[OUTCOME_COUNT] = {false};
    size_t len = 0;

    for (size_t i = 0; i < batch_size(b); i++) {
        there[batch_answer(b, i)->outcome] = true;
    }
    for (size_t i = 0; i < OUTCOME_COUNT; i++) {
        if (there[i]) {
            len += (size_t)snprintf(out + len, 128 - len, "%s%s",
                                    len > 0 ? ", " : "", outcomes[i]);
        }
    }
    return out;
}

static bool
is_answered(const struct batch *b)
{
    bool answered = batch_view(b, 0) != NULL && batch_view(b, 0)->live != NULL;

    for (size_t i = 0; answered && i < batch_size(b); i++) {
        enum answer_code code = batch_answer(b, i)->code;

        answered = code == ANSWER_OK || code == ANSWER_UNKNOWN_USER;
    }
    return answered;
}

static void
on_batch(void *arg, const struct batch *b)
{
    const struct sagemaker_call *c = arg;
    struct buf *out = &c->sagemaker->desk->body;
    const struct generation *gen;
    struct sagemaker_render r;
    char sources[128];

    c->exchange->about = batch_about(b);
    if (!is_answered(b)) {
        sagemaker_fail(c, &unavailable);
        return;
    }
    gen = batch_view(b, 0)->live;
    buf_clear(out);
    r = sagemaker_renderer(c, gen, out);
    for (size_t i = 0; i < batch_size(b); i++) {
        const struct answer *a = batch_answer(b, i);

        sagemaker_render_rows(
            &r, a->code == ANSWER_OK ? a->prediction->y : NULL, 1);
    }
    sagemaker_render_end(&r);
    sagemaker_answer(c, gen, list_sources(b, sources), out);
}

static enum rc
add_user(struct batch *b, const struct table_view *view, struct str line)
{
    char room[LINE_MAX];
    char *scratch = room;
    struct str id = csv_strip_cr(line);

    if (id.len > 0 && id.len <= LINE_MAX && id.p[0] == '"') {
        struct str rest = id;

        if (!csv_next(&rest, ',', &scratch, &id) || rest.p != NULL) {
            return RC_INVAL;
        }
    }
    return batch_add(b, view, id);
}

static enum rc
add_users(struct batch *b, const struct table_view *view, struct str body,
          struct sagemaker_fault *fault)
{
    enum rc rc = RC_OK;

    for (size_t row = 1; rc == RC_OK && body.p != NULL; row++) {
        rc = add_user(b, view, str_cut(&body, '\n'));
        if (rc == RC_INVAL) {
            fault->status = 400;
            return err_set(&fault->why, rc,
                           "row %zu is not a user id of 1 to 512 bytes", row);
        }
    }
    if (rc != RC_OK) {
        *fault = SAGEMAKER_NO_MEMORY;
    }
    return rc;
}

void
sagemaker_invoke_users(struct sagemaker_call *c, const struct http_request *req,
                       const struct table_view *view)
{
    struct lookup *lookup = c->sagemaker->desk->lookup;
    const struct batch_setup setup = {
        .dialect = DIALECT_SAGEMAKER,
        .deadline_ns = req->arrived_ns + lookup_policy(lookup)->timeout_ns,
        .done = on_batch,
        .arg = c,
    };
    struct str body = str_trim(req->body);
    size_t n = sagemaker_count_lines(body);
    struct sagemaker_fault fault = SAGEMAKER_NO_MEMORY;
    struct batch *b;

    if (n > BATCH_MAX) {
        fault.status = 400;
        (void)err_set(&fault.why, RC_INVAL,
                      "%zu users are more than the %d of one request", n,
                      BATCH_MAX);
        sagemaker_fail_early(c, view, &fault);
        return;
    }
    b = batch_create(lookup, &setup, n);
    if (b == NULL) {
        sagemaker_fail_early(c, view, &fault);
    } else if (add_users(b, view, body, &fault) != RC_OK) {
        sagemaker_fail_early(c, view, &fault);
        batch_destroy(&b);
    } else {
        batch_run(b);
    }
}
