/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/sagemaker_impl.h"

#include "common/base/clock.h"
#include "lookup/core/generation.h"

struct sagemaker_render
sagemaker_renderer(const struct sagemaker_call *c, const struct generation *gen,
                   struct buf *out)
{
    const struct sagemaker_settings *s = c->sagemaker->settings;

    return (struct sagemaker_render){
        .output = c->output,
        .batch = s->batch,
        .selection = &s->selection,
        .objective = gen->info.objective,
        .nclass = model_info(gen->model)->nclass,
        .noutput = gen->scorer->noutput,
        .out = out,
    };
}

/* What clients of SageMaker expect, and what the container passes on. */
static void
put_amazon(const struct sagemaker_call *c, struct buf *headers)
{
    if (c->is_endpoint) {
        buf_c(headers, "x-Amzn-Invoked-Production-Variant: ");
        buf_c(headers, c->variant[0] == '\0' ? "AllTraffic" : c->variant);
        buf_c(headers, "\r\n");
    }
    if (c->attributes[0] != '\0') {
        buf_c(headers, "X-Amzn-SageMaker-Custom-Attributes: ");
        buf_c(headers, c->attributes);
        buf_c(headers, "\r\n");
    }
}

void
sagemaker_answer(const struct sagemaker_call *c, const struct generation *gen,
                 const char *source, const struct buf *body)
{
    struct buf *headers = &c->sagemaker->desk->headers;
    uint64_t now_us = clock_wall_us(), as_of_us = gen->info.as_of_us;
    struct http_answer a = {
        .status = 200,
        .dialect = DIALECT_SAGEMAKER,
        .content_type = sagemaker_media_of(c->output),
        .body = buf_view(body),
    };

    if (buf_failed(body)) {
        sagemaker_fail(c, &SAGEMAKER_NO_MEMORY);
        return;
    }
    buf_clear(headers);
    buf_c(headers, "X-Lookup-Source: ");
    buf_c(headers, source);
    buf_c(headers, "\r\nX-Lookup-Generation: ");
    buf_u64(headers, gen->number);
    buf_c(headers, "\r\nAge: ");
    buf_u64(headers, now_us > as_of_us ? (now_us - as_of_us) / 1000000 : 0);
    buf_c(headers, "\r\nCache-Control: no-store\r\n");
    put_amazon(c, headers);
    a.headers = buf_view(headers);
    c->exchange->respond(c->exchange, &a);
}

/* How the runtime API names what failed, which is what clients raise. */
static const char *
error_type(int status)
{
    switch (status) {
    case 404:
        return "ValidationError";
    case 503:
        return "ServiceUnavailable";
    default:
        return "ModelError";
    }
}

void
sagemaker_fail(const struct sagemaker_call *c,
               const struct sagemaker_fault *fault)
{
    struct buf *headers = &c->sagemaker->desk->headers;
    struct http_answer a = {
        .status = fault->status,
        .dialect = DIALECT_SAGEMAKER,
        .content_type = SAGEMAKER_TEXT,
        .body = str_of(fault->why.text),
    };

    buf_clear(headers);
    put_amazon(c, headers);
    if (c->is_endpoint) {
        buf_c(headers, "x-amzn-ErrorType: ");
        buf_c(headers, error_type(fault->status));
        buf_c(headers, "\r\n");
    }
    buf_c(headers, fault->status == 503 ? "Retry-After: 1\r\n" : "");
    a.headers = buf_view(headers);
    c->exchange->respond(c->exchange, &a);
}

void
sagemaker_fail_early(const struct sagemaker_call *c,
                     const struct table_view *view,
                     const struct sagemaker_fault *fault)
{
    lookup_count(c->sagemaker->desk->lookup, view, DIALECT_SAGEMAKER,
                 OUTCOME_ERROR);
    sagemaker_fail(c, fault);
}
