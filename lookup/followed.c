/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/followed.h"

#include "common/base/hash.h"
#include "common/base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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

/* The catalogue of a ranking; nothing for scores. */
static enum rc
load_catalogue(const struct followed *f, struct watch *w, uint64_t number,
               const struct generation_info *info, struct catalogue **out,
               struct err *e)
{
    char *bytes = NULL, sha[SHA256_HEX];
    size_t len = 0;

    if (info->kind != TABLE_RANKING) {
        return RC_OK;
    }
    enum rc rc = watch_read_items(w, f->name, number, &bytes, &len, e);

    if (rc == RC_OK) {
        hash_sha256((struct str){bytes, len}, sha);
        rc = strcmp(sha, info->items_sha256) == 0
                 ? catalogue_from_bytes(out, (struct str){bytes, len}, e)
                 : err_set(e, RC_INVAL,
                           "the stored catalogue's bytes are not those of "
                           "generation %" PRIu64,
                           number);
    }
    free(bytes);
    return rc;
}

/*
 * Read and build one generation. Without a uid, whatever has that number, if
 * it is ready: RC_CONFLICT while it is still being written.
 */
static enum rc
load(struct followed *f, struct watch *w, uint64_t number, const char *uid,
     struct queue *graveyard, struct generation **out, struct err *e)
{
    struct generation_info info;
    struct catalogue *catalogue = NULL;
    char *bytes = NULL;
    size_t len = 0;
    uint64_t buckets = 0;
    enum rc rc = watch_read_info(w, f->name, number, &info, e);

    if (rc == RC_OK && uid[0] == '\0' && !info.ready) {
        rc = RC_CONFLICT; /* still being written */
    } else if (rc == RC_OK && uid[0] != '\0' && strcmp(info.uid, uid) != 0) {
        rc = err_set(e, RC_CONFLICT, "generation %" PRIu64 " has another uid",
                     number);
    }
    if (rc == RC_OK) {
        rc = watch_read_model(w, f->name, number, &bytes, &len, e);
    }
    if (rc == RC_OK) {
        rc = watch_feature_buckets(w, f->name, info.schema_id, &buckets, e);
    }
    if (rc == RC_OK) {
        rc = load_catalogue(f, w, number, &info, &catalogue, e);
    }
    if (rc != RC_OK) {
        generation_info_fini(&info);
        free(bytes);
        return rc;
    }
    rc = generation_create(out, number, &info, bytes, len, catalogue, graveyard,
                           e);
    if (rc == RC_OK) {
        atomic_store(&(*out)->feature_buckets, buckets);
        log_info("table %s: generation %" PRIu64 " loaded, scored by %s",
                 f->name, number, scorer_name((*out)->scorer));
    }
    return rc;
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
switch_live(struct followed *f, struct watch *w, const struct manifest *m,
            struct queue *graveyard, bool *changed, struct err *e)
{
    struct generation *g = take_held(f, m->live_uid);
    struct generation *old;
    struct err why;
    enum rc rc = RC_OK;

    if (g == NULL) {
        if (!may_try(f, FOLLOWED_LIVE, m->live_uid)) {
            return RC_OK;
        }
        rc = load(f, w, m->live, m->live_uid, graveyard, &g, &why);
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
hold_spare(struct followed *f, struct watch *w, enum followed_slot slot,
           uint64_t number, const char *uid, struct queue *graveyard,
           struct err *e)
{
    struct err why;

    /* The previous one may be served still, while the live one fails. */
    if (f->held[slot] != NULL || number == 0 ||
        is_uid(f->held[FOLLOWED_LIVE], uid) || !may_try(f, slot, uid)) {
        return RC_OK;
    }
    enum rc rc = load(f, w, number, uid, graveyard, &f->held[slot], &why);

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
hold_spares(struct followed *f, struct watch *w, const struct manifest *m,
            struct queue *graveyard, struct err *e)
{
    uint64_t next;
    enum rc rc = find_next(f, w, m, &next, e);

    if (rc != RC_OK) {
        return rc;
    }
    if (next == m->previous) {
        next = 0; /* it has a slot of its own */
    }
    trim(f, m, next);
    rc = hold_spare(f, w, FOLLOWED_PREVIOUS, m->previous, m->previous_uid,
                    graveyard, e);
    return rc == RC_OK ? hold_spare(f, w, FOLLOWED_NEXT, next, "", graveyard, e)
                       : rc;
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

enum rc
followed_update(struct followed *f, struct watch *w,
                const struct watch_table *t, struct queue *graveyard,
                bool *changed, struct err *e)
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
    if (m->live == 0) {
        unload(f, changed);
    } else if (!is_uid(f->held[FOLLOWED_LIVE], m->live_uid)) {
        rc = switch_live(f, w, m, graveyard, changed, e);
    }
    if (is_uid(f->held[FOLLOWED_LIVE], m->live_uid) && m->live != 0) {
        *changed = *changed || f->seq != m->seq;
        f->seq = m->seq;
        set_problem(f, changed, "");
    }
    /* What changed is handed out before more is loaded. */
    if (rc == RC_OK && !*changed) {
        rc = hold_spares(f, w, m, graveyard, e);
    }
    return rc == RC_OK ? look_for_features(f, w, e) : rc;
}

struct news_reading {
    struct superseded_news *news;
    uint64_t last_us;
};

static enum rc
on_superseded(void *arg, struct str user, uint64_t updated_us)
{
    struct news_reading *r = arg;

    r->last_us = updated_us;
    return keyspace_user_ok(user)
               ? superseded_news_add(r->news, user, updated_us)
               : RC_OK;
}

enum rc
followed_superseded(struct followed *f, struct watch *w,
                    struct superseded_news **news, struct err *e)
{
    bool anew = f->superseded_seq != f->seq ||
                f->connects != watch_connects(w) || f->superseded_us == 0;
    struct news_reading r = {superseded_news_create(f->id, anew),
                             anew ? 0 : f->superseded_us};
    uint64_t connects = watch_connects(w);
    enum rc rc = r.news == NULL ? err_set(e, RC_NOMEM, "out of memory")
                                : watch_superseded(w, f->name, r.last_us,
                                                   on_superseded, &r, e);
    bool none = rc == RC_OK && superseded_news_size(r.news) == 0 &&
                (!anew || f->superseded_us == 0);

    if (rc == RC_OK) {
        f->superseded_us = r.last_us;
        f->superseded_seq = f->seq;
        f->connects = connects;
    }
    if (rc != RC_OK || none) {
        superseded_news_release(&r.news);
    }
    *news = r.news;
    return rc;
}

void
followed_fini(struct followed *f)
{
    for (int i = 0; i < FOLLOWED_SLOTS; i++) {
        generation_release(&f->held[i]);
    }
}
