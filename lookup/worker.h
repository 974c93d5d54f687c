/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * worker - one thread with its own loop, listener, Redis connection, tables
 * and counters. It shares nothing it may write: others post messages to it
 * and read its counters.
 */
#include "common/base/rc.h"
#include "lookup/net/listener.h"
#include "lookup/net/net_stats.h"
#include "lookup/rig.h"

struct worker;

/* Called in the worker's thread, once, when it has drained. */
typedef void (*worker_done_fn)(void *arg);

struct worker_setup {
    struct rig_setup rig;
    const struct listen_addr *listen;
    const struct listen_addr *resp; /* or NULL: no RESP */
    worker_done_fn done;
    void *done_arg;
};

/* Bind and prepare everything; the thread is not started yet. setup is copied,
 * what it points to must outlive the worker. */
MUST_USE enum rc worker_create(struct worker **out,
                               const struct worker_setup *setup, struct err *e);

/* Start the thread; once. RC_FAILED: there is none to be had. */
MUST_USE enum rc worker_start(struct worker *w, struct err *e);

/* Messages; any thread. Each holds what it needs. */
void worker_post_tables(struct worker *w, struct tables *t);
void worker_post_superseded(struct worker *w, struct superseded_news *n);
void worker_post_policy(struct worker *w, const struct lookup_policy *policy);

/*
 * Take no new connections, answer what was asked, then call done. Whatever is
 * not answered when the drain time-out ends is cut off.
 */
void worker_post_drain(struct worker *w);

/* Drains, and waits for the thread, whose loop is over then. NULL is fine. */
void worker_join(struct worker *w);

/*
 * After worker_join(), and when no scoring job can be under way any more.
 * Frees and nulls; NULL is fine.
 */
void worker_destroy(struct worker **w);

/*
 * What it counts: to be read from any thread at any time, until it is
 * destroyed. The worker alone writes them.
 */
const struct lookup_stats *worker_lookup_stats(const struct worker *w);
const struct net_stats *worker_net_stats(const struct worker *w);
const struct store_stats *worker_store_stats(const struct worker *w);
