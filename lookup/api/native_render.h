/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * native_render - predictions as the native JSON. Appends to out;
 * check buf_failed() once at the end.
 */
#include "common/base/buf.h"
#include "lookup/core/query.h"

/*
 * {"table":...,"user":...,"source":...,"prediction":...} of an ANSWER_OK; the
 * first k items of a ranking.
 */
void native_render_answer(struct buf *out, const char *table, struct str user,
                          size_t k, const struct answer *a);

/* The shortest text of a number; null if it is not finite. */
void native_render_float(struct buf *out, float v);

/* "prediction":... or "items":[...] */
void native_render_prediction(struct buf *out, const struct generation *gen,
                              const struct prediction *p, size_t k);

/* {"table":...,"generation":...,"as_of":...,"results":[ of a batch. */
void native_render_batch_head(struct buf *out, const char *table,
                              const struct generation *gen);

/* One of its results, or the code of an error (else NULL). */
void native_render_result(struct buf *out, struct str user, size_t k,
                          const struct answer *a, const char *error);

/*
 * X-Lookup-Source, X-Lookup-Generation, Age, ETag (native_etag()'s, unless it
 * is empty), Cache-Control lines.
 */
void native_render_headers(struct buf *out, const struct answer *a,
                           struct str etag, uint64_t now_us);

/*
 * "<uid>-<record hash>" with its quotes, the hash another one for an answer
 * that is stale or degraded; empty unless precomputed.
 */
#define ETAG_MAX 40
size_t native_etag(const struct answer *a, char out[ETAG_MAX]);

/*
 * Does an If-None-Match header (empty if there was none) name this ETag, or
 * any? By the weak comparison of RFC 9110: a proxy may have put W/ before it.
 * An empty ETag matches nothing.
 */
bool native_etag_matches(struct str if_none_match, struct str etag);
