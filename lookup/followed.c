/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/followed.h"

#include "common/base/log.h"
#include "lookup/core/feature_rows.h"
#include "lookup/followed_load.h"
#include "lookup/followed_spares.h"

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

/* Move the generation of that uid from wherever it is held; NULL if nowhere. */
static struct generation *
take_held(struct followed *f, const char *uid)
{
    for (int i = 0; i < FOLLOWED_SLOTS; i++) {
        if (uid[0] != '\0' && followed_is_uid(f->held[i], uid)) {
            struct generation *g = f->held[i];

            f->held[i] = NULL;
            return g;
        }
    }
    return NULL;
}

bool
followed_may_try(const struct followed *f, enum followed_slot slot,
                 const char *uid)
{
    const struct followed_failure *failed = &f->failed[slot];

    return strcmp(failed->uid, uid) != 0 || clock_mono_ns() >= failed->retry_ns;
}

void
followed_note_failure(struct followed *f, enum followed_slot slot,
                      const char *uid)
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
        if (!followed_may_try(f, FOLLOWED_LIVE, m->live_uid)) {
            return RC_OK;
        }
        rc = followed_load(f->name, from, m->live, m->live_uid, &g, &why);
    }
    if (rc != RC_OK) {
        followed_note_failure(f, FOLLOWED_LIVE, m->live_uid);
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
    const struct shelf_manifest *said = &f->said.manifest;

    f->moves += f->gone || said->seq != m->seq ||
                strcmp(said->live_uid, m->live_uid) != 0;
    f->gone = false;
    f->said.manifest = (struct shelf_manifest){.seq = m->seq, .live = m->live};
    memcpy(f->said.manifest.live_uid, m->live_uid, UID_SIZE);
    memcpy(f->said.previous_uid, m->previous_uid, UID_SIZE);
}

/* Then a writer who makes the table anew does not write over what is read. */
static bool
is_in_memory(const struct generation *g)
{
    return g != NULL && generation_snapshot(g) != NULL;
}

/* Gone is not moved: what is held is kept. */
static void
keep_held(struct followed *f, bool *changed, const char *why)
{
    f->gone = true;
    set_problem(f, changed, why);
}

static enum rc
follow_manifest(struct followed *f, const struct followed_source *from,
                const struct manifest *m, bool *changed, struct err *e)
{
    enum rc rc = RC_OK;

    note_manifest(f, m);
    if (m->live == 0) {
        unload(f, changed);
    } else if (!followed_is_uid(f->held[FOLLOWED_LIVE], m->live_uid)) {
        rc = switch_live(f, from, m, changed, e);
    }
    if (followed_is_uid(f->held[FOLLOWED_LIVE], m->live_uid) && m->live != 0) {
        *changed = *changed || f->seq != m->seq;
        f->seq = m->seq;
        set_problem(f, changed, "");
    }
    return rc;
}

enum rc
followed_update(struct followed *f, const struct followed_source *from,
                const struct watch_table *t, bool *changed, struct err *e)
{
    const struct manifest *m = &t->manifest;
    enum rc rc = RC_OK;

    if (!t->present) {
        keep_held(f, changed, "the manifest is gone from redis");
        return RC_OK;
    }
    if (t->problem.text[0] != '\0') {
        set_problem(f, changed, t->problem.text);
        return RC_OK;
    }
    if (m->seq == 0 && is_in_memory(f->held[FOLLOWED_LIVE])) {
        keep_held(f, changed, "nothing of it is published in redis any more");
    } else {
        rc = follow_manifest(f, from, m, changed, e);
    }
    /* What changed is handed out before more is loaded. */
    if (rc == RC_OK && !*changed) {
        rc = followed_hold_spares(f, from, m, e);
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
