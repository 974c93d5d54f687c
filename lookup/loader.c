/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/loader.h"

#include "common/base/check.h"
#include "common/base/log.h"
#include "common/base/queue.h"
#include "lookup/announcer.h"
#include "lookup/followed.h"
#include "lookup/keeper.h"
#include "lookup/roster.h"
#include "lookup/row_warmer.h"
#include "lookup/warmer.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * The loop: poll -> follow each table -> read a slice of a snapshot -> say in
 * <p>::servers what is loaded -> hand out a new list if anything changed ->
 * wait. It waits on its inbox, where workers put generations nobody holds any
 * more, and pokes.
 */
#define POLL_NS   25000000ull
#define RETRY_NS  100000000ull
#define INBOX_MAX 4096

struct loader {
    pthread_t thread;
    struct queue *inbox; /* dead generations, and the words below */
    struct warmer *warmer;
    struct followed_source from;
    struct row_warmer *row_warmer; /* NULL without --snapshot-features */
    struct keeper *keeper;         /* NULL without a shelf */
    loader_publish_fn publish;
    loader_superseded_fn superseded;
    void *arg;
    struct roster roster;
    char problem[256]; /* why Redis cannot be read, or "" */
    bool stop;
    bool started;    /* what was live at the start is warm, if it will be */
    uint64_t serial; /* of the last list */
    bool handed_out; /* once, at least */
    struct announcer announcer;
    char word_poke, word_stop; /* their addresses are the words */
    atomic_bool poked;         /* word_poke is in the inbox */
};

static void
drop(struct loader *l, struct followed *f)
{
    log_info("table %s was dropped", f->name);
    watch_forget(l->from.watch, f->name);
    if (l->keeper != NULL) {
        keeper_drop(l->keeper, f->name);
    }
    roster_drop(&l->roster, f);
}

/* Dropped on purpose, not lost: the set of tables is there without it. */
static bool
was_dropped(const struct watch_table *t, size_t n, size_t i)
{
    bool others = false;

    for (size_t k = 0; k < n; k++) {
        others = others || t[k].listed;
    }
    return others && !t[i].listed && !t[i].present;
}

static enum rc
follow_all(struct loader *l, bool *changed, struct err *e)
{
    const struct watch_table *t = NULL;
    size_t n = 0;
    enum rc rc = watch_poll(l->from.watch, &t, &n, e);

    for (size_t i = n; i-- > 0 && rc == RC_OK;) {
        struct followed *f = roster_find(&l->roster, t[i].name);

        if (f != NULL && was_dropped(t, n, i)) {
            drop(l, f);
            *changed = true;
            continue;
        }
        if (f == NULL) {
            f = roster_add(&l->roster, t[i].name);
            *changed = *changed || f != NULL;
        }
        if (f != NULL) {
            rc = followed_update(f, &l->from, &t[i], changed, e);
        }
    }
    return rc;
}

/* After the tables: a worker must know a table before its news. */
static enum rc
tell_superseded(struct loader *l, bool *changed, struct err *e)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < l->roster.n && rc == RC_OK; i++) {
        struct followed *f = l->roster.table[i];
        bool read = f->read;
        struct superseded_news *news;

        rc = followed_superseded(f, l->from.watch, &news, e);
        *changed = *changed || f->read != read;
        if (news != NULL) {
            l->superseded(l->arg, news);
            superseded_news_release(&news);
        }
    }
    return rc;
}

static bool
is_warming(const struct loader *l, const struct generation *g)
{
    return g != NULL && !warmer_settled(l->warmer, g);
}

/* A slice of a snapshot; the start is over when no live one is amiss. */
static enum rc
warm(struct loader *l, bool *changed, struct err *e)
{
    enum rc rc = warmer_turn(l->warmer, l->from.watch, l->roster.table,
                             l->roster.n, changed, e);
    bool warming = false;

    for (size_t i = 0; i < l->roster.n; i++) {
        warming =
            warming || is_warming(l, l->roster.table[i]->held[FOLLOWED_LIVE]);
    }
    l->started = l->started || (rc == RC_OK && !warming);
    return rc;
}

static void
hand_out(struct loader *l)
{
    struct tables *t = tables_create(l->roster.n);

    if (t == NULL) {
        return; /* the next change, or the next poke, tries again */
    }
    t->serial = ++l->serial;
    t->store_ok = l->problem[0] == '\0';
    snprintf(t->problem, sizeof(t->problem), "%s", l->problem);
    for (size_t i = 0; i < l->roster.n; i++) {
        struct followed *f = l->roster.table[i];
        struct generation *live = f->held[FOLLOWED_LIVE];

        followed_view(f, !l->started && is_warming(l, live), &t->view[i]);
    }
    l->publish(l->arg, t);
    l->handed_out = true;
    roster_settle(&l->roster);
    tables_release(&t);
}

/* Say what could go live at once. */
static enum rc
announce(struct loader *l, struct err *e)
{
    struct buf uids;

    buf_init(&uids, ANNOUNCED_MAX);
    for (size_t i = 0; i < l->roster.n * FOLLOWED_SLOTS; i++) {
        struct generation *g =
            l->roster.table[i / FOLLOWED_SLOTS]->held[i % FOLLOWED_SLOTS];

        if (g != NULL && !is_warming(l, g)) {
            buf_printf(&uids, " %s", g->info.uid);
        }
    }
    enum rc rc =
        announcer_say(&l->announcer, l->from.watch, buf_view(&uids), e);

    buf_fini(&uids);
    return rc;
}

static uint64_t
turn(struct loader *l)
{
    struct err e = {""};
    bool changed = !l->handed_out;
    enum rc rc = follow_all(l, &changed, &e);

    if (rc == RC_OK && l->row_warmer != NULL &&
        row_warmer_void(l->row_warmer, l->from.watch, l->roster.table,
                        l->roster.n)) {
        hand_out(l); /* before what is left of the superseded is told */
    }
    if (rc == RC_OK) {
        rc = tell_superseded(l, &changed, &e);
    }
    if (rc == RC_OK && !changed) { /* what changed is handed out first */
        rc = warm(l, &changed, &e);
    }
    if (rc == RC_OK && !changed && l->row_warmer != NULL) {
        rc = row_warmer_turn(l->row_warmer, l->from.watch, l->roster.table,
                             l->roster.n, &changed, &e);
    }
    if (rc == RC_OK) {
        rc = announce(l, &e);
    }
    if (rc == RC_OK) {
        e.text[0] = '\0';
    }
    if (strncmp(l->problem, e.text, sizeof(l->problem) - 1) != 0) {
        snprintf(l->problem, sizeof(l->problem), "%.255s", e.text);
        changed = true;
        if (rc != RC_OK) {
            log_warn("%s", l->problem);
        } else {
            log_info("redis answers");
        }
    }
    if (changed) {
        hand_out(l);
    }
    for (size_t i = 0; l->keeper != NULL && i < l->roster.n; i++) {
        keeper_follow(l->keeper, l->roster.table[i]);
    }
    if (rc != RC_OK) {
        return RETRY_NS;
    }
    return changed || warmer_busy(l->warmer) ||
                   (l->row_warmer != NULL && row_warmer_busy(l->row_warmer))
               ? 0
               : POLL_NS;
}

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
        uint64_t pause_ns = turn(l);

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
