/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * metric - counters, and the Prometheus text format 0.0.4 they are shown in
 * (prometheus.io/docs/instrumenting/exposition_formats). A counter has one
 * writer; a reader on another thread sees a value that was true a moment ago.
 */
#include "common/base/buf.h"
#include "common/base/hist.h"

#include <stdatomic.h>
#include <stdint.h>

typedef _Atomic uint64_t counter;

/* Only the owning thread may add. */
static inline void
counter_add(counter *c, uint64_t n)
{
    uint64_t v = atomic_load_explicit(c, memory_order_relaxed);

    atomic_store_explicit(c, v + n, memory_order_relaxed);
}

static inline uint64_t
counter_get(const counter *c)
{
    return atomic_load_explicit(c, memory_order_relaxed);
}

/* # HELP and # TYPE of a family; write them once, before its samples. */
void metric_family(struct buf *out, const char *name, const char *type,
                   const char *help);

struct metric_label {
    const char *name;
    struct str value;
};

/* One sample with nlabel labels; values are escaped. */
void metric_sample_u64(struct buf *out, const char *name,
                       const struct metric_label *label, size_t nlabel,
                       uint64_t value);
void metric_sample_f64(struct buf *out, const char *name,
                       const struct metric_label *label, size_t nlabel,
                       double value);

/*
 * The _bucket, _sum and _count samples of a histogram in seconds, cumulative,
 * bounds 10 us to 10 s in a 1-2.5-5 series, with +Inf.
 */
void metric_sample_hist(struct buf *out, const char *name,
                        const struct metric_label *label, size_t nlabel,
                        const struct hist *h);
