/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * admin_front - the admin listener and what stands behind it: the admin pages,
 * and a store of its own for what is written there. Lives in the main loop.
 */
#include "common/base/rc.h"
#include "lookup/admin.h"

struct event_base;
struct admin_front;

/* config and workers must outlive it. RC_INVAL, RC_IO, RC_NOMEM say why. */
MUST_USE enum rc admin_front_create(struct admin_front **out,
                                    struct event_base *base,
                                    const struct config *config,
                                    struct worker *const *workers,
                                    size_t nworker, struct err *e);

struct admin *admin_front_admin(struct admin_front *f);

/* Call after each turn of the loop. */
void admin_front_flush(struct admin_front *f);

/* Frees and nulls; NULL is fine. */
void admin_front_destroy(struct admin_front **f);
