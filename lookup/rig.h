/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rig - a ladder in a loop, and what it stands on there: a store of its own,
 * the mailbox that scored rows come back to, the timer that looks after queries
 * which wait for the loader. A worker has one, and so has the admin listener.
 * Used from the loop's thread only.
 */
#include "common/base/rc.h"
#include "lookup/config.h"
#include "lookup/core/lookup.h"
#include "lookup/net/conn.h"

struct event;
struct event_base;
struct mailbox;

/* What it points to must outlive the rig, but for scoring: see rig_quiet(). */
struct rig_setup {
    const struct config *config;
    struct lookup_policy policy;
    struct scoring *scoring; /* shared by all */
    lookup_reload_fn reload;
    void *reload_arg;
};

struct rig {
    struct event_base *base;
    struct store *store;
    struct lookup *lookup;
    struct mailbox *scored;
    struct event *parked;
};

/* RC_NOMEM: no memory, or no descriptors. rig_fini() in any case. */
MUST_USE enum rc rig_init(struct rig *r, struct event_base *base,
                          const struct rig_setup *setup);

/* Copied; in force for what is answered from now on. */
void rig_set_policy(struct rig *r, const struct lookup_policy *policy);

/* What is live from now on, and where the store is. t is the rig's. */
void rig_set_tables(struct rig *r, struct tables *t);

/*
 * The end of a turn of the loop: queries that were begun go down the ladder
 * together, what was asked of the store is sent in one write, and what was
 * answered goes to the clients in one write each. again: there is to be
 * another turn soon, whether or not anything happens.
 */
void rig_turn(struct rig *r, struct conn_group *conns, bool again);

/*
 * Answer what is under way, so that nothing answers later: before its clients
 * go, and after the scoring threads have ended. A rig may be half made.
 */
void rig_quiet(struct rig *r);

/* After rig_quiet(), and when nothing is left that calls the ladder. */
void rig_fini(struct rig *r);
