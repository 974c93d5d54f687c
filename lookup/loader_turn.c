/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/loader_impl.h"

#include "common/base/log.h"

#include <stdio.h>

/*
 * poll -> follow each table -> tell who is superseded -> read a slice of a
 * snapshot -> say in <p>::servers what is loaded -> hand out a new list if
 * anything changed.
 */
#define POLL_NS  25000000ull
#define RETRY_NS 100000000ull

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

static void
note_crowd(struct loader *l, bool crowded, bool *changed)
{
    if (l->crowded == crowded) {
        return;
    }
    l->crowded = crowded;
    *changed = true;
    if (crowded) {
        log_warn("there are more than %d tables: not all are served",
                 TABLES_MAX);
    }
}

static enum rc
follow_all(struct loader *l, bool *changed, struct err *e)
{
    const struct watch_table *t = NULL;
    size_t n = 0;
    bool crowded = false;
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
        crowded = crowded || f == NULL;
    }
    if (rc == RC_OK) {
        note_crowd(l, crowded, changed);
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
    t->crowded = l->crowded;
    snprintf(t->problem, sizeof(t->problem), "%s", l->problem);
    /* A loss is a problem, so the list that says it is over comes, too. */
    snprintf(t->store_address, sizeof(t->store_address), "%s",
             watch_address(l->from.watch));
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

/* Rows that are not current any more go before the superseded are told. */
static void
void_rows(struct loader *l)
{
    if (l->row_warmer != NULL &&
        row_warmer_void(l->row_warmer, l->from.watch, l->roster.table,
                        l->roster.n)) {
        hand_out(l);
    }
}

/* A slice of the feature rows, once there is no snapshot to read. */
static enum rc
warm_rows(struct loader *l, bool *changed, struct err *e)
{
    if (l->row_warmer == NULL) {
        return RC_OK;
    }
    return row_warmer_turn(l->row_warmer, l->from.watch, l->roster.table,
                           l->roster.n, changed, e);
}

static enum rc
catch_up(struct loader *l, bool *changed, struct err *e)
{
    enum rc rc = follow_all(l, changed, e);

    if (rc == RC_OK) {
        void_rows(l);
        rc = tell_superseded(l, changed, e);
    }
    if (rc == RC_OK && !*changed) { /* what changed is handed out first */
        rc = warm(l, changed, e);
    }
    if (rc == RC_OK && !*changed) {
        rc = warm_rows(l, changed, e);
    }
    return rc == RC_OK ? announce(l, e) : rc;
}

/* Is it another problem than before, or none any more? Then it is logged. */
static bool
note_problem(struct loader *l, const char *problem)
{
    if (strncmp(l->problem, problem, sizeof(l->problem) - 1) == 0) {
        return false;
    }
    snprintf(l->problem, sizeof(l->problem), "%.255s", problem);
    if (l->problem[0] != '\0') {
        log_warn("%s", l->problem);
    } else {
        log_info("redis answers");
    }
    return true;
}

static bool
is_busy(const struct loader *l)
{
    return warmer_busy(l->warmer) ||
           (l->row_warmer != NULL && row_warmer_busy(l->row_warmer));
}

uint64_t
loader_turn(struct loader *l)
{
    struct err e = {""};
    bool changed = !l->handed_out;
    enum rc rc = catch_up(l, &changed, &e);

    changed = note_problem(l, rc == RC_OK ? "" : e.text) || changed;
    if (changed) {
        hand_out(l);
    }
    for (size_t i = 0; l->keeper != NULL && i < l->roster.n; i++) {
        keeper_follow(l->keeper, l->roster.table[i]);
    }
    if (rc != RC_OK) {
        return RETRY_NS;
    }
    return changed || is_busy(l) ? 0 : POLL_NS;
}
