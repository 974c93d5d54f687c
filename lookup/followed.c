/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/followed.h"

#include "common/base/log.h"
#include "lookup/core/feature_rows.h"
#include "lookup/followed_load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * One poll of one table: switch to what the manifest names as live, then, when
 * there is nothing to hand out, load what may be live next (the writer's) or
 * again (the previous one).
 *
 * A generation wanders between the slots and is loaded once: take_held() finds
 * it where it is. What fails to load is a problem of the table, not of the
 * loop: it is tried again after RETRY_NS, and what was live stays.
 */

/* Ready generations that may wait to be published, looked at backwards. */
#define STAGED_MAX 16

#define RETRY_NS 1000000000ull

static void
set_problem(struct followed *f, bool *changed, const char *text)
{
    if (strncmp(f->problem, text, sizeof(f->problem) - 1) != 0) {
        snprintf(f->problem, sizeof(f->problem), "%s", text);
        *changed = true;
        if (text[0] != '\0') {
            log_warn("table %s: %s", f->name, f->problem);
        }
    }
}

static bool
is_uid(const struct generation *g, const char *uid)
{
    return g != NULL && strcmp(g->info.uid, uid) == 0;
}

/* Move the generation of that uid from wherever it is held; NULL if nowhere. */
static struct generation *
take_held(struct followed *f, const char *uid)
{
    for (int i = 0; i < FOLLOWED_SLOTS; i++) {
        if (uid[0] != '\0' && is_uid(f->held[i], uid)) {
            struct generation *g = f->held[i];

            f->held[i] = NULL;
            return g;
        }
    }
    return NULL;
}

static bool
may_try(const struct followed *f, enum followed_slot slot, const char *uid)
{
    const struct followed_failure *failed = &f->failed[slot];

    return strcmp(failed->uid, uid) != 0 || clock_mono_ns() >= failed->retry_ns;
}

static void
note_failure(struct followed *f, enum followed_slot slot, const char *uid)
{
    struct followed_failure *failed = &f->failed[slot];

    snprintf(failed->uid, sizeof(failed->uid), "%s", uid);
    failed->retry_ns = clock_mono_ns() + RETRY_NS;
}

/*
 * The manifest names another live generation: switch to it. The one that was
 * live is kept beside it; trim() decides for how long.
 */
static enum rc
switch_live(struct followed *f, const struct followed_source *from,
            const struct manifest *m, bool *changed, struct err *e)
{
    struct generation *g = take_held(f, m->live_uid);
    struct generation *old;
    struct err why;
    enum rc rc = RC_OK;

    if (g == NULL) {
        if (!may_try(f, FOLLOWED_LIVE, m->live_uid)) {
            return RC_OK;
        }
        rc = followed_load(f->name, from, m->live, m->live_uid, &g, &why);
    }
    if (rc != RC_OK) {
        note_failure(f, FOLLOWED_LIVE, m->live_uid);
        set_problem(f, changed, why.text);
        return rc == RC_UNAVAIL ? err_set(e, rc, "%s", why.text) : RC_OK;
    }
    old = f->held[FOLLOWED_LIVE];
    f->held[FOLLOWED_LIVE] = g;
    f->seq = m->seq;
    *changed = true;
    generation_release(&f->held[FOLLOWED_PREVIOUS]);
    f->held[FOLLOWED_PREVIOUS] = old;
    log_info("table %s: generation %" PRIu64 " is live", f->name, m->live);
    return RC_OK;
}

/* Load the generation to be held in a slot beside the live one. */
static enum rc
hold_spare(struct followed *f, const struct followed_source *from,
           enum followed_slot slot, uint64_t number, const char *uid,
           struct err *e)
{
    struct err why;

    /* The previous one may be served still, while the live one fails. */
    if (f->held[slot] != NULL || number == 0 ||
        is_uid(f->held[FOLLOWED_LIVE], uid) || !may_try(f, slot, uid)) {
        return RC_OK;
    }
    enum rc rc =
        followed_load(f->name, from, number, uid, &f->held[slot], &why);

    if (rc == RC_UNAVAIL) {
        return err_set(e, rc, "%s", why.text);
    }
    if (rc != RC_OK && rc != RC_CONFLICT) {
        note_failure(f, slot, uid);
        log_warn("table %s: generation %" PRIu64 " cannot be prepared: %s",
                 f->name, number, why.text);
    }
    return RC_OK;
}

/* The uid of the generation that the writer is at work on, or "". */
static struct str
writer_uid(const struct manifest *m)
{
    const char *colon = strrchr(m->writer, ':');

    return str_of(colon == NULL ? "" : colon + 1);
}

/* The generation of that uid among the last few; 0: none has it. */
static enum rc
find_number(const struct followed *f, struct watch *w, const struct manifest *m,
            struct str uid, uint64_t *number, struct err *e)
{
    uint64_t least = m->last > STAGED_MAX ? m->last - STAGED_MAX : 0;

    for (*number = m->last; *number > least; --*number) {
        struct generation_info info;
        enum rc rc = watch_read_info(w, f->name, *number, &info, e);
        bool found = rc == RC_OK && str_eq(str_of(info.uid), uid);

        generation_info_fini(&info);
        if (found || rc == RC_UNAVAIL) {
            return rc;
        }
    }
    return RC_OK;
}

/*
 * The generation to hold beside the live one: the writer's, for it may be
 * committed next, else the last one, if it is newer. 0: none.
 */
static enum rc
find_next(const struct followed *f, struct watch *w, const struct manifest *m,
          uint64_t *number, struct err *e)
{
    const struct generation *held = f->held[FOLLOWED_NEXT];
    struct str uid = writer_uid(m);

    *number = m->last > m->live && !manifest_is_bad(m, m->last) ? m->last : 0;
    if (uid.len == 0 || str_eq(uid, str_of(m->live_uid))) {
        return RC_OK;
    }
    if (held != NULL && str_eq(uid, str_of(held->info.uid))) {
        *number = held->number;
        return RC_OK;
    }
    return find_number(f, w, m, uid, number, e);
}

/* Let go of spares that are neither the previous nor the next generation. */
static void
trim(struct followed *f, const struct manifest *m, uint64_t next_number)
{
    struct generation **previous = &f->held[FOLLOWED_PREVIOUS];
    struct generation **next = &f->held[FOLLOWED_NEXT];

    if (*previous != NULL && !is_uid(*previous, m->previous_uid)) {
        generation_release(previous);
    }
    if (*next != NULL && (*next)->number != next_number) {
        generation_release(next);
    }
}

static enum rc
hold_spares(struct followed *f, const struct followed_source *from,
            const struct manifest *m, struct err *e)
{
    uint64_t next;
    enum rc rc = find_next(f, from->watch, m, &next, e);

    if (rc != RC_OK) {
        return rc;
    }
    if (next == m->previous) {
        next = 0; /* it has a slot of its own */
    }
    trim(f, m, next);
    rc =
        hold_spare(f, from, FOLLOWED_PREVIOUS, m->previous, m->previous_uid, e);
    return rc == RC_OK ? hold_spare(f, from, FOLLOWED_NEXT, next, "", e) : rc;
}

/* Feature rows may be stored for the first time at any moment. */
static enum rc
look_for_features(struct followed *f, struct watch *w, struct err *e)
{
    struct generation *g = f->held[FOLLOWED_LIVE];
    uint64_t n = 0;

    if (g == NULL || atomic_load(&g->feature_buckets) != 0) {
        return RC_OK;
    }
    enum rc rc = watch_feature_buckets(w, f->name, g->info.schema_id, &n, e);

    if (rc == RC_OK) {
        atomic_store(&g->feature_buckets, n);
    }
    return rc;
}

/* The manifest says that nothing is live: believed, backwards too. */
static void
unload(struct followed *f, bool *changed)
{
    *changed = *changed || f->held[FOLLOWED_LIVE] != NULL;
    generation_release(&f->held[FOLLOWED_LIVE]);
    set_problem(f, changed, "");
}

static void
note_manifest(struct followed *f, const struct manifest *m)
{
    f->said.manifest = (struct shelf_manifest){.seq = m->seq, .live = m->live};
    memcpy(f->said.manifest.live_uid, m->live_uid, UID_SIZE);
    memcpy(f->said.previous_uid, m->previous_uid, UID_SIZE);
}

enum rc
followed_update(struct followed *f, const struct followed_source *from,
                const struct watch_table *t, bool *changed, struct err *e)
{
    const struct manifest *m = &t->manifest;
    enum rc rc = RC_OK;

    if (!t->present) {
        /* Gone is not moved: what is held is kept. */
        set_problem(f, changed, "the manifest is gone from redis");
        return RC_OK;
    }
    if (t->problem.text[0] != '\0') {
        set_problem(f, changed, t->problem.text);
        return RC_OK;
    }
    note_manifest(f, m);
    if (m->live == 0) {
        unload(f, changed);
    } else if (!is_uid(f->held[FOLLOWED_LIVE], m->live_uid)) {
        rc = switch_live(f, from, m, changed, e);
    }
    if (is_uid(f->held[FOLLOWED_LIVE], m->live_uid) && m->live != 0) {
        *changed = *changed || f->seq != m->seq;
        f->seq = m->seq;
        set_problem(f, changed, "");
    }
    /* What changed is handed out before more is loaded. */
    if (rc == RC_OK && !*changed) {
        rc = hold_spares(f, from, m, e);
    }
    return rc == RC_OK ? look_for_features(f, from->watch, e) : rc;
}

void
followed_recall(struct followed *f, const struct followed_source *from,
                const struct shelf_manifest *m)
{
    bool ignored = false;
    struct err e;

    f->seq = m->seq;
    f->said.manifest = *m;
    if (m->live != 0 &&
        followed_unshelve(f->name, from, m->live, m->live_uid,
                          &f->held[FOLLOWED_LIVE], &e) != RC_OK) {
        set_problem(f, &ignored, e.text);
    }
}

void
followed_view(const struct followed *f, bool warming, struct table_view *view)
{
    struct generation *live = f->held[FOLLOWED_LIVE];
    struct feature_rows *rows = f->rows.rows;

    memcpy(view->name, f->name, sizeof(f->name));
    memcpy(view->problem, f->problem, sizeof(f->problem));
    view->id = f->id;
    view->seq = f->seq;
    view->live = live == NULL ? NULL : generation_hold(live);
    view->rows = rows == NULL ? NULL : feature_rows_hold(rows);
    view->unread = !f->read;
    view->warming = warming;
}

void
followed_fini(struct followed *f)
{
    feature_rows_release(&f->rows.rows);
    for (int i = 0; i < FOLLOWED_SLOTS; i++) {
        generation_release(&f->held[i]);
    }
}
