/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * metrics_tables - what is live of each table, and what of it is in memory, as
 * gauges in Prometheus' text format.
 */
#include "common/base/buf.h"
#include "lookup/core/lookup.h"

/* stats: of any of those that have the tables t; each has all the sets. */
void metrics_tables_render(struct buf *out, const struct tables *t,
                           const struct lookup_stats *stats);
