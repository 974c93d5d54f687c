/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * loader_fixture - what one turn of the loader calls, played by the test: each
 * call is written down, and Redis is as the test says. Only the roster and the
 * lists are real.
 */
#include "lookup/loader_impl.h"

#include "common/base/check.h"

#include <stdio.h>
#include <stdlib.h>

#define TABLES 3

/* One table, as Redis and the modules played here have it. */
struct played {
    bool moves; /* the next update changes it */
    bool news;  /* the next look finds superseded users */
};

struct watch {
    struct loader l;
    struct watch_table t[TABLES]; /* what the poll sees */
    size_t n;
    const char *address; /* where Redis is */
    const char *failing; /* the step that finds Redis away, or NULL */
    struct played played[TABLES];
    struct generation gen[TABLES]; /* live; held by nobody else */
    bool cold[TABLES];             /* its snapshot is still to come */
    bool busy, rows_busy, rows_void;
    char said[256];   /* the calls of a turn, each behind a blank */
    char uids[64];    /* the last that were announced */
    char listed[256]; /* the last list: names, '~' for warming, the problem */
};

static inline struct watch *
watch_of(const void *arg)
{
    return (struct watch *)(uintptr_t)arg;
}

static inline void
say(struct watch *w, const char *what, const char *name)
{
    size_t n = strlen(w->said);

    snprintf(w->said + n, sizeof(w->said) - n, " %s%s", what, name);
}

static inline enum rc
step(struct watch *w, const char *what, struct err *e)
{
    say(w, what, "");
    return w->failing != NULL && strcmp(w->failing, what) == 0
               ? err_set(e, RC_UNAVAIL, "redis is away")
               : RC_OK;
}

enum rc
watch_poll(struct watch *w, const struct watch_table **table, size_t *n,
           struct err *e)
{
    *table = w->t;
    *n = w->n;
    return step(w, "poll", e);
}

const char *
watch_address(const struct watch *w)
{
    return w->address;
}

void
watch_forget(struct watch *w, const char *table)
{
    say(w, "forget:", table);
}

enum rc
followed_update(struct followed *f, const struct followed_source *from,
                const struct watch_table *t, bool *changed, struct err *e)
{
    struct played *p = &from->watch->played[t - from->watch->t];

    (void)e;
    say(from->watch, "update:", f->name);
    *changed = *changed || p->moves;
    p->moves = false;
    f->held[FOLLOWED_LIVE] = &from->watch->gen[t - from->watch->t];
    return RC_OK;
}

enum rc
followed_superseded(struct followed *f, struct watch *w,
                    struct superseded_news **news, struct err *e)
{
    struct played *p = &w->played[f->name[0] - 'a'];
    enum rc rc = step(w, "superseded", e);

    *news =
        rc == RC_OK && p->news ? superseded_news_create(f->id, false) : NULL;
    p->news = false;
    f->read = f->read || rc == RC_OK;
    return rc;
}

void
followed_view(const struct followed *f, bool warming, struct table_view *view)
{
    snprintf(view->name, sizeof(view->name), "%s", f->name);
    view->id = f->id;
    view->warming = warming;
}

void
followed_fini(struct followed *f)
{
    (void)f;
}

bool
warmer_settled(const struct warmer *w, const struct generation *g)
{
    const struct watch *me = watch_of(w);

    return !me->cold[g - me->gen];
}

bool
warmer_busy(const struct warmer *w)
{
    return watch_of(w)->busy;
}

enum rc
warmer_turn(struct warmer *w, struct watch *watch,
            struct followed *const *table, size_t n, bool *changed,
            struct err *e)
{
    (void)w, (void)table, (void)n, (void)changed;
    return step(watch, "warm", e);
}

bool
row_warmer_void(struct row_warmer *w, struct watch *watch,
                struct followed *const *table, size_t n)
{
    bool some = watch->rows_void;

    (void)w, (void)table, (void)n;
    watch->rows_void = false;
    return some;
}

enum rc
row_warmer_turn(struct row_warmer *w, struct watch *watch,
                struct followed *const *table, size_t n, bool *changed,
                struct err *e)
{
    (void)w, (void)table, (void)n, (void)changed;
    return step(watch, "rows", e);
}

bool
row_warmer_busy(const struct row_warmer *w)
{
    return watch_of(w)->rows_busy;
}

enum rc
announcer_say(struct announcer *a, struct watch *w, struct str uids,
              struct err *e)
{
    (void)a;
    snprintf(w->uids, sizeof(w->uids), "%.*s", (int)uids.len, uids.p);
    return step(w, "announce", e);
}

void
keeper_follow(struct keeper *k, struct followed *f)
{
    say(watch_of(k), "keep:", f->name);
}

void
keeper_drop(struct keeper *k, const char *table)
{
    say(watch_of(k), "unkeep:", table);
}

static inline void
on_publish(void *arg, struct tables *t)
{
    struct watch *w = arg;

    say(w, "LIST", "");
    snprintf(w->listed, sizeof(w->listed), "%s", t->problem);
    CHECK(t->store_ok == (t->problem[0] == '\0'));
    CHECK(t->serial == w->l.serial);
    CHECK(strcmp(t->store_address, w->address) == 0);
    for (size_t i = 0; i < t->n; i++) {
        size_t n = strlen(w->listed);

        snprintf(w->listed + n, sizeof(w->listed) - n, " %s%s", t->view[i].name,
                 t->view[i].warming ? "~" : "");
    }
}

static inline void
on_superseded(void *arg, struct superseded_news *n)
{
    char id[8];

    snprintf(id, sizeof(id), "%d", superseded_news_table(n));
    say(arg, "NEWS:", id);
}

/* Tables "a", "b", ... of generations with uids "A", "B", ... */
static inline struct watch *
loader_fixture_begin(size_t n)
{
    struct watch *w = calloc(1, sizeof(*w));

    CHECK(w != NULL && n <= TABLES);
    w->n = n;
    w->address = "";
    for (size_t i = 0; i < n; i++) {
        w->t[i] = (struct watch_table){
            .name = {(char)('a' + i)}, .listed = true, .present = true};
        w->gen[i].info.uid[0] = (char)('A' + i);
    }
    w->l.from.watch = w;
    w->l.warmer = (void *)w;
    w->l.publish = on_publish;
    w->l.superseded = on_superseded;
    w->l.arg = w;
    roster_init(&w->l.roster);
    return w;
}

static inline void
loader_fixture_end(struct watch *w)
{
    roster_fini(&w->l.roster);
    free(w);
}
