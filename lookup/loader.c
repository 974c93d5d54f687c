/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/loader_impl.h"

#include "common/base/check.h"
#include "common/base/queue.h"

#include <stdlib.h>

/*
 * A turn (loader_turn.c), then a wait on the inbox, where workers put
 * generations nobody holds any more, and pokes.
 */
#define INBOX_MAX 4096

/* Bury the dead until the next poll is due, or somebody pokes. */
static void
wait_until(struct loader *l, uint64_t deadline_ns)
{
    void *thing;

    while ((thing = queue_pop_until(l->inbox, deadline_ns)) != NULL) {
        if (thing == &l->word_poke) {
            atomic_store(&l->poked, false);
            return;
        }
        if (thing == &l->word_stop) {
            l->stop = true;
            return;
        }
        struct generation *g = thing;

        warmer_forget(l->warmer, g);
        generation_destroy(&g);
    }
}

/*
 * A start goes on where the server ended, be there a Redis or not: what it
 * says, if it says anything, is believed from the first poll on.
 */
static void
on_remembered(void *arg, const char *table, const struct shelf_manifest *m)
{
    struct loader *l = arg;
    struct followed *f = roster_add(&l->roster, table);

    if (f != NULL && watch_expect(l->from.watch, table) == RC_OK) {
        followed_recall(f, &l->from, m);
    }
}

static void *
run(void *arg)
{
    struct loader *l = arg;

    if (l->from.shelf != NULL) {
        shelf_recall(l->from.shelf, on_remembered, l);
    }
    while (!l->stop) {
        uint64_t begin_ns = clock_mono_ns();
        uint64_t pause_ns = loader_turn(l);

        wait_until(l, begin_ns + pause_ns);
    }
    announcer_end(&l->announcer, l->from.watch);
    return NULL;
}

static enum rc
create_parts(struct loader *l, const struct loader_setup *setup, struct err *e)
{
    l->inbox = queue_create(INBOX_MAX);
    l->warmer = warmer_create(setup->snapshot_bytes);
    l->from = (struct followed_source){
        .watch = watch_create(setup->topology, setup->prefix),
        .shelf = setup->shelf,
        .warmer = l->warmer,
        .graveyard = l->inbox,
    };
    l->row_warmer = !setup->features || l->warmer == NULL
                        ? NULL
                        : row_warmer_create(l->warmer);
    if (l->inbox == NULL || l->from.watch == NULL || l->warmer == NULL ||
        (setup->features && l->row_warmer == NULL)) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    return setup->shelf == NULL ? RC_OK
                                : keeper_create(&l->keeper, setup->shelf, e);
}

enum rc
loader_create(struct loader **out, const struct loader_setup *setup,
              struct err *e)
{
    struct loader *l = calloc(1, sizeof(*l));

    if (l == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    l->publish = setup->publish;
    l->superseded = setup->superseded;
    l->arg = setup->arg;
    roster_init(&l->roster);
    announcer_init(&l->announcer);
    enum rc rc = create_parts(l, setup, e);

    if (rc == RC_OK && pthread_create(&l->thread, NULL, run, l) != 0) {
        rc = err_set(e, RC_NOMEM, "cannot start the loader");
    }
    if (rc != RC_OK) {
        loader_destroy(&l);
        return rc;
    }
    *out = l;
    return RC_OK;
}

void
loader_poke(struct loader *l)
{
    /* One is enough, and the dead must always find room. */
    if (l != NULL && !atomic_exchange(&l->poked, true) &&
        queue_try_push(l->inbox, &l->word_poke) != RC_OK) {
        atomic_store(&l->poked, false);
    }
}

void
loader_stop(struct loader *l)
{
    if (l != NULL) {
        CHECK(queue_push(l->inbox, &l->word_stop) == RC_OK);
        CHECK(pthread_join(l->thread, NULL) == 0);
        keeper_destroy(&l->keeper);
    }
}

void
loader_destroy(struct loader **out)
{
    struct loader *l = *out;
    struct generation *g;

    if (l == NULL) {
        return;
    }
    keeper_destroy(&l->keeper);
    row_warmer_destroy(&l->row_warmer);
    warmer_destroy(&l->warmer);
    roster_fini(&l->roster);
    while (l->inbox != NULL && (g = queue_try_pop(l->inbox)) != NULL) {
        if ((void *)g != &l->word_poke) {
            generation_destroy(&g);
        }
    }
    queue_destroy(&l->inbox);
    watch_destroy(&l->from.watch);
    announcer_fini(&l->announcer);
    free(l);
    *out = NULL;
}
