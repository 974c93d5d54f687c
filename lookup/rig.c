/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rig.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "lookup/store/mailbox.h"
#include "lookup/store/store_none.h"
#include "lookup/store/store_redis.h"

#include <event2/event.h>

#define AGAIN_US 2000

static void
on_scored(void *arg, void *job)
{
    (void)arg;
    lookup_scored(job);
}

static void
on_parked(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg; /* rig_turn() does the work */
}

enum rc
rig_init(struct rig *r, struct event_base *base, const struct rig_setup *setup)
{
    const struct serve_options *o = &setup->config->options;

    *r = (struct rig){.base = base};
    r->scored = mailbox_create(base, SCORING_JOBS_MAX, on_scored, r);
    r->parked = evtimer_new(base, on_parked, r);
    r->store = o->model != NULL
                   ? store_none_create()
                   : store_redis_create(base, &setup->config->topology);
    if (r->scored == NULL || r->parked == NULL || r->store == NULL) {
        return RC_NOMEM;
    }
    r->lookup = lookup_create(r->store, o->prefix, &setup->policy,
                              setup->reload, setup->reload_arg);
    if (r->lookup == NULL) {
        return RC_NOMEM;
    }
    rig_set_policy(r, &setup->policy);
    lookup_set_scoring(r->lookup, setup->scoring, r->scored);
    return RC_OK;
}

void
rig_set_policy(struct rig *r, const struct lookup_policy *policy)
{
    lookup_set_policy(r->lookup, policy);
    store_set_patience(r->store, policy->timeout_ns);
}

void
rig_set_tables(struct rig *r, struct tables *t)
{
    if (t->store_address[0] != '\0') {
        store_move(r->store, t->store_address);
    }
    lookup_set_tables(r->lookup, t);
}

/* Have the loop turn once more, though nothing happens. */
static void
come_back(struct rig *r, suseconds_t us)
{
    const struct timeval delay = {0, us};

    CHECK(evtimer_add(r->parked, &delay) == 0);
}

void
rig_turn(struct rig *r, struct conn_group *conns, bool again)
{
    if ((lookup_tick(r->lookup, clock_mono_ns()) || again) &&
        !evtimer_pending(r->parked, NULL)) {
        come_back(r, AGAIN_US);
    }
    (void)lookup_flush(r->lookup);
    store_flush(r->store); /* Redis works while the answers are written */
    do {
        conn_group_flush(conns); /* may begin requests held back */
        store_flush(r->store);   /* may answer some, if the link is down */
        conn_group_flush(conns);
    } while (lookup_flush(r->lookup));
    if (lookup_has_more(r->lookup)) {
        come_back(r, 0); /* when those who have come meanwhile were read */
    }
}

void
rig_quiet(struct rig *r)
{
    if (r->lookup != NULL) {
        lookup_set_scoring(r->lookup, NULL, NULL); /* its threads have ended */
    }
    store_destroy(&r->store);
    if (r->lookup != NULL) {
        lookup_end(r->lookup);
    }
    mailbox_destroy(&r->scored);
}

void
rig_fini(struct rig *r)
{
    lookup_destroy(&r->lookup);
    if (r->parked != NULL) {
        event_free(r->parked);
    }
}
