/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sagemaker_media - what an invocation sends and what it wants back, by its
 * Content-Type and Accept headers.
 */
#include "lookup/api/exchange.h"
#include "lookup/api/sagemaker_render.h"
#include "lookup/api/sagemaker_rows.h"

/*
 * RC_REFUSED fills fault. RC_NOT_FOUND: a form, which the container takes for
 * no body at all.
 */
MUST_USE enum rc sagemaker_media_type(const struct http_request *req,
                                      enum sagemaker_form *form,
                                      struct sagemaker_fault *fault);

/*
 * The best of what is accepted; by_default if all is the same to the client.
 * RC_REFUSED fills fault.
 */
MUST_USE enum rc sagemaker_media_accept(const struct http_request *req,
                                        enum sagemaker_output by_default,
                                        enum sagemaker_output *output,
                                        struct sagemaker_fault *fault);

/* The output of a media type by name. RC_INVAL: it is none of ours. */
MUST_USE enum rc sagemaker_media_named(const char *name,
                                       enum sagemaker_output *output);

/* The Content-Type of an answer. */
const char *sagemaker_media_of(enum sagemaker_output output);
