/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * metrics - every counter of every worker and of the admin front, summed and
 * written in Prometheus' text format. The sums are taken without stopping
 * anybody.
 */
#include "common/base/buf.h"
#include "lookup/core/lookup.h"
#include "lookup/core/tables.h"
#include "lookup/net/net_stats.h"
#include "lookup/store/store.h"

/* What one thread counts. */
struct metrics_source {
    const struct lookup_stats *lookup;
    const struct net_stats *net;
    const struct store_stats *store;
    bool is_admin; /* its connections are not the clients' */
};

/* n sources, at least one; t may be NULL. */
void metrics_render(struct buf *out, const struct metrics_source *source,
                    size_t n, const struct tables *t);
