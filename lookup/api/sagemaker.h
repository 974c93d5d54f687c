/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sagemaker - the requests that SageMaker sends to its XGBoost container, and
 * that clients send to SageMaker:
 *
 *   GET  /ping, /execution-parameters
 *   POST /invocations, /endpoints/{table}/invocations
 *
 * One per worker.
 */
#include "lookup/api/desk.h"
#include "lookup/api/sagemaker_render.h"

/* What the container's environment decides. */
struct sagemaker_settings {
    struct sagemaker_selection selection;
    enum sagemaker_output by_default; /* when the client accepts anything */
    bool batch;                       /* a batch transform: one line a row */
    bool container; /* nothing else is served: unknown paths are ours */
    size_t max_payload_bytes;
    size_t concurrent; /* requests worth sending at a time */
};

struct sagemaker;

/* desk and settings must outlive it. NULL when out of memory. */
struct sagemaker *sagemaker_create(struct desk *desk,
                                   const struct sagemaker_settings *settings);
void sagemaker_destroy(struct sagemaker **s);

/* Is it a request of this dialect? */
bool sagemaker_speaks(const struct sagemaker *s,
                      const struct http_request *req);

/* Is it one whose body may be a payload's size? Its head is read. */
bool sagemaker_is_invocation(const struct http_request *req);

/* For an http_handler_fn. */
void sagemaker_handle(struct sagemaker *s, struct exchange *x,
                      const struct http_request *req);
