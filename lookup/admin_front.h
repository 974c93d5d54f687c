/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * admin_front - the admin listener and what stands behind it: the admin pages,
 * a store of its own for what is written there, and a ladder of its own, which
 * explains what those of the workers do. Lives in the main loop.
 */
#include "common/base/rc.h"
#include "lookup/admin.h"
#include "lookup/core/superseded.h"
#include "lookup/rig.h"

struct event_base;
struct admin_front;

struct admin_front_setup {
    struct rig_setup rig;
    struct worker *const *worker; /* nworker of them */
    size_t nworker;
};

/*
 * setup is copied; what it points to, but for scoring, must outlive the front.
 * RC_INVAL, RC_IO, RC_NOMEM say why.
 */
MUST_USE enum rc admin_front_create(struct admin_front **out,
                                    struct event_base *base,
                                    const struct admin_front_setup *setup,
                                    struct err *e);

struct admin *admin_front_admin(struct admin_front *f);

/* Messages; any thread. Each holds what it needs. */
void admin_front_post_tables(struct admin_front *f, struct tables *t);
void admin_front_post_superseded(struct admin_front *f,
                                 struct superseded_news *n);

/* Copied. From the loop's thread, and at once: not a message. */
void admin_front_set_policy(struct admin_front *f,
                            const struct lookup_policy *policy);

/* Call after each turn of the loop. */
void admin_front_flush(struct admin_front *f);

/*
 * After the scoring threads have ended; nobody may post any more. Frees and
 * nulls; NULL is fine.
 */
void admin_front_destroy(struct admin_front **f);
