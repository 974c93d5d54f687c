/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sagemaker_impl - what the files of the SageMaker dialect share: sagemaker.c
 * (which path is what), sagemaker_invoke.c (rows), sagemaker_users.c (ids),
 * sagemaker_reply.c (answers); nobody else includes this.
 */
#include "lookup/api/sagemaker.h"
#include "lookup/api/sagemaker_media.h"

#define SAGEMAKER_TEXT "text/html; charset=utf-8" /* as Flask says */

/* SageMaker's limits: of a header it passes on, of a variant's name. */
#define SAGEMAKER_ATTRIBUTES_MAX 1024
#define SAGEMAKER_VARIANT_MAX    63

struct sagemaker {
    struct desk *desk;
    const struct sagemaker_settings *settings;
    size_t kept_bytes; /* of bodies whose rows wait for the scoring threads */
};

/* One invocation; kept in the exchange's state. */
struct sagemaker_call {
    struct sagemaker *sagemaker;
    struct exchange *exchange;
    enum sagemaker_form form;
    enum sagemaker_output output;
    bool is_endpoint; /* a client of SageMaker asks, not SageMaker */
    char attributes[SAGEMAKER_ATTRIBUTES_MAX + 1];
    char variant[SAGEMAKER_VARIANT_MAX + 1];
};

_Static_assert(sizeof(struct sagemaker_call) <= EXCHANGE_STATE, "state");

/* Score the rows of a body; view is live. */
void sagemaker_invoke_rows(struct sagemaker_call *c,
                           const struct http_request *req,
                           const struct table_view *view);

/* Look up the users of a body; view is live. */
void sagemaker_invoke_users(struct sagemaker_call *c,
                            const struct http_request *req,
                            const struct table_view *view);

/* A renderer of a generation's predictions into out. */
struct sagemaker_render sagemaker_renderer(const struct sagemaker_call *c,
                                           const struct generation *gen,
                                           struct buf *out);

/* 200; source: "live", "precomputed, live". */
void sagemaker_answer(const struct sagemaker_call *c,
                      const struct generation *gen, const char *source,
                      const struct buf *body);

/* A fault, after which nothing is to be counted. */
void sagemaker_fail(const struct sagemaker_call *c,
                    const struct sagemaker_fault *fault);

/* The same, of an invocation that never became a query: counted. */
void sagemaker_fail_early(const struct sagemaker_call *c,
                          const struct table_view *view,
                          const struct sagemaker_fault *fault);

#define SAGEMAKER_NO_MEMORY                                                    \
    ((struct sagemaker_fault){                                                 \
        503, {"there is no room for this payload now; try again"}})
