/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * metrics - every counter of every worker, summed and written in Prometheus'
 * text format.
 */
#include "common/base/buf.h"
#include "lookup/core/tables.h"
#include "lookup/worker.h"

/* t may be NULL. The sums are taken without stopping anybody. */
void metrics_render(struct buf *out, struct worker *const *workers,
                    size_t nworker, const struct tables *t);
