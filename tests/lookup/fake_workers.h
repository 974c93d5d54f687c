/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * fake_workers - workers that are their counters and nothing else, in the
 * place of lookup/worker.
 */
#include "common/base/check.h"
#include "lookup/worker.h"

#include <stdlib.h>

#define FAKE_WORKERS 2

struct worker {
    struct lookup_stats lookup;
    struct net_stats net;
    struct store_stats store;
};

const struct lookup_stats *
worker_lookup_stats(const struct worker *w)
{
    return &w->lookup;
}

const struct net_stats *
worker_net_stats(const struct worker *w)
{
    return &w->net;
}

const struct store_stats *
worker_store_stats(const struct worker *w)
{
    return &w->store;
}

static inline void
fake_workers_init(struct worker *worker[FAKE_WORKERS])
{
    for (size_t i = 0; i < FAKE_WORKERS; i++) {
        worker[i] = calloc(1, sizeof(*worker[i]));
        CHECK(worker[i] != NULL);
        counter_add(&worker[i]->store.connects, 1);
    }
}

static inline void
fake_workers_fini(struct worker *worker[FAKE_WORKERS])
{
    for (size_t i = 0; i < FAKE_WORKERS; i++) {
        net_stats_fini(&worker[i]->net);
        free(worker[i]);
    }
}
