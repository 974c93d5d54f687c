/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * readiness - whether the server is ready to be asked, and how well it is. It
 * is while every table with a live generation is answered from Redis or, when
 * Redis is away, from memory.
 */
#include "common/base/buf.h"
#include "lookup/core/tables.h"
#include "lookup/worker.h"

struct readiness {
    struct worker *const *worker;
    size_t nworker;
    const struct tables *tables; /* NULL before the loader has reported */
    bool draining;
    uint64_t max_age_us; /* 0: no limit */
};

/* Append why it is not ready, a line each; nothing: it is. */
void readiness_reasons(const struct readiness *r, struct buf *out);

/* Append what is amiss although it is ready, a line each. */
void readiness_notes(const struct readiness *r, struct buf *out);
