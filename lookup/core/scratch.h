/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * scratch - memory to score in, kept from one row to the next.
 */
#include "lookup/core/generation.h"

#include <stddef.h>

/* Memory that grows to what the costliest generation so far needs. */
struct scratch {
    void *p;
    size_t bytes;
};

/* Room for generation_score; NULL when memory is out. */
void *scratch_fit(struct scratch *s, const struct generation *g);
void scratch_fini(struct scratch *s);
