/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/worker_limits.h"

#include "lookup/api/sagemaker.h"

struct http_limits
worker_http_limits(const struct config *config)
{
    const struct serve_options *o = &config->options;

    return (struct http_limits){
        .head_bytes = o->max_head,
        .target_bytes = o->max_url,
        .body_bytes = o->max_body,
        .is_large = sagemaker_is_invocation,
        .large_bytes = config->sagemaker.max_payload_bytes,
    };
}

struct conn_options
worker_conn_options(const struct config *config)
{
    const struct serve_options *o = &config->options;
    struct conn_options c = conn_options_default;
    size_t body = config->sagemaker.max_payload_bytes;

    body = body > o->max_body ? body : o->max_body;
    c.max_conns = (o->max_connections + o->threads - 1) / o->threads;
    c.max_pipelined = o->max_pipelined;
    c.input_bytes = o->max_head + body + body / 8;
    c.idle_ns = o->idle_timeout;
    c.head_ns = o->head_timeout;
    c.body_ns = o->body_timeout;
    c.drain_ns = o->drain_timeout / 4;
    return c;
}
