/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * gc - remove the generations of a table that nobody can want any more.
 *
 * Kept: live, previous, the one being written under a valid lease, what left
 * the manifest less than 60 s ago (servers may still read it), and what is
 * ready to be published: not bad, numbered above live. Feature rows go with
 * the last generation of their schema.
 */
#include "batchgen/table.h"

/* *removed: how many generations went. Needs no lease. */
MUST_USE enum rc gc_run(const struct table *t, uint64_t *removed,
                        struct err *e);

/* Called for every generation that has a hash, in order of number. */
typedef enum rc (*gc_generation_fn)(void *arg, uint64_t gen,
                                    const struct generation_info *g,
                                    struct err *e);

/* Walk the generations of the table numbered up to last. */
MUST_USE enum rc gc_each_generation(const struct table *t, uint64_t last,
                                    gc_generation_fn fn, void *arg,
                                    struct err *e);
