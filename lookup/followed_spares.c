/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/followed_spares.h"

#include "common/base/log.h"
#include "lookup/followed_load.h"

#include <inttypes.h>

/* Ready generations that may wait to be published, looked at backwards. */
#define STAGED_MAX 16

/* Load the generation to be held in a slot beside the live one. */
static enum rc
hold_spare(struct followed *f, const struct followed_source *from,
           enum followed_slot slot, uint64_t number, const char *uid,
           struct err *e)
{
    struct err why;

    /* The previous one may be served still, while the live one fails. */
    if (f->held[slot] != NULL || number == 0 ||
        followed_is_uid(f->held[FOLLOWED_LIVE], uid) ||
        !followed_may_try(f, slot, uid)) {
        return RC_OK;
    }
    enum rc rc =
        followed_load(f->name, from, number, uid, &f->held[slot], &why);

    if (rc == RC_UNAVAIL) {
        return err_set(e, rc, "%s", why.text);
    }
    if (rc != RC_OK && rc != RC_CONFLICT) {
        followed_note_failure(f, slot, uid);
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

    *number = 0;
    for (uint64_t i = m->last; i > least && *number == 0; i--) {
        struct generation_info info;
        enum rc rc = watch_read_info(w, f->name, i, &info, e);

        if (rc == RC_OK && str_eq(str_of(info.uid), uid)) {
            *number = i;
        }
        generation_info_fini(&info);
        if (rc == RC_UNAVAIL) {
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

    if (*previous != NULL && !followed_is_uid(*previous, m->previous_uid)) {
        generation_release(previous);
    }
    if (*next != NULL && (*next)->number != next_number) {
        generation_release(next);
    }
}

enum rc
followed_hold_spares(struct followed *f, const struct followed_source *from,
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
