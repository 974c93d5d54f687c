/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/keeper.h"

#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/base/log.h"
#include "common/base/queue.h"

#include <pthread.h>
#include <stdlib.h>

#define NOTES_MAX 512

/* What is to be on the shelf of one table. */
struct note {
    char table[TABLE_MAX + 1];
    bool dropped; /* nothing is */
    struct followed_said said;
    struct generation *gen[FOLLOWED_SLOTS]; /* held; some may be NULL */
};

struct keeper {
    pthread_t thread;
    const struct shelf *shelf;
    struct queue *notes;
};

static void
warn(enum rc rc, const char *table, const struct err *e)
{
    if (rc != RC_OK) {
        log_warn("table %s: not kept in --snapshot-dir: %s", table, e->text);
    }
}

static void
keep_table(const struct shelf *s, const struct note *note)
{
    char uid[FOLLOWED_SLOTS + 2][UID_SIZE] = {""};
    struct err e;

    memcpy(uid[FOLLOWED_SLOTS], note->said.manifest.live_uid, UID_SIZE);
    memcpy(uid[FOLLOWED_SLOTS + 1], note->said.previous_uid, UID_SIZE);
    warn(shelf_remember(s, note->table, &note->said.manifest, &e), note->table,
         &e);
    for (size_t i = 0; i < FOLLOWED_SLOTS; i++) {
        const struct generation *g = note->gen[i];

        if (g == NULL) {
            continue;
        }
        memcpy(uid[i], g->info.uid, UID_SIZE);
        if (generation_snapshot(g) != NULL) {
            warn(shelf_keep(s, note->table, g, &e), note->table, &e);
        }
    }
    shelf_trim(s, note->table, (const char(*)[UID_SIZE])uid,
               FOLLOWED_SLOTS + 2);
}

static void
let_go(struct note *note)
{
    for (size_t i = 0; i < FOLLOWED_SLOTS; i++) {
        generation_release(&note->gen[i]);
    }
    free(note);
}

static void *
run(void *arg)
{
    struct keeper *k = arg;
    struct note *note;

    while ((note = queue_pop(k->notes)) != NULL) {
        if (note->dropped) {
            shelf_forget(k->shelf, note->table);
        } else {
            keep_table(k->shelf, note);
        }
        let_go(note);
    }
    return NULL;
}

enum rc
keeper_create(struct keeper **out, const struct shelf *shelf, struct err *e)
{
    struct keeper *k = calloc(1, sizeof(*k));

    if (k != NULL) {
        k->shelf = shelf;
        k->notes = queue_create(NOTES_MAX);
    }
    if (k == NULL || k->notes == NULL ||
        pthread_create(&k->thread, NULL, run, k) != 0) {
        if (k != NULL) {
            queue_destroy(&k->notes);
        }
        free(k);
        return err_set(e, RC_NOMEM, "cannot start the keeper");
    }
    *out = k;
    return RC_OK;
}

/* The note is copied, and holds its generations. */
static bool
post(struct keeper *k, const struct note *note)
{
    struct note *copy = malloc(sizeof(*copy));

    if (copy == NULL) {
        return false;
    }
    *copy = *note;
    for (size_t i = 0; i < FOLLOWED_SLOTS; i++) {
        if (copy->gen[i] != NULL) {
            (void)generation_hold(copy->gen[i]);
        }
    }
    if (queue_try_push(k->notes, copy) != RC_OK) {
        let_go(copy);
        return false;
    }
    return true;
}

/* Of all that decides what the keeper does. */
static uint64_t
hash_note(const struct note *note)
{
    struct {
        struct followed_said said;
        struct {
            char uid[UID_SIZE];
            bool warm;
        } gen[FOLLOWED_SLOTS];
    } all;

    memset(&all, 0, sizeof(all));
    all.said = note->said;
    for (size_t i = 0; i < FOLLOWED_SLOTS; i++) {
        const struct generation *g = note->gen[i];

        if (g != NULL) {
            memcpy(all.gen[i].uid, g->info.uid, UID_SIZE);
            all.gen[i].warm = generation_snapshot(g) != NULL;
        }
    }
    return hash_key((struct str){(const char *)&all, sizeof(all)});
}

void
keeper_follow(struct keeper *k, struct followed *f)
{
    struct note note = {.said = f->said};
    uint64_t hash;

    if (!f->read || f->said.manifest.seq == 0) {
        return;
    }
    memcpy(note.table, f->name, sizeof(note.table));
    memcpy(note.gen, f->held, sizeof(note.gen));
    hash = hash_note(&note);
    if (hash != f->kept && post(k, &note)) {
        f->kept = hash;
    }
}

void
keeper_drop(struct keeper *k, const char *table)
{
    struct note note = {.dropped = true};

    CHECK(str_copy(str_of(table), note.table, sizeof(note.table)));
    if (!post(k, &note)) {
        log_warn("table %s: its files stay in --snapshot-dir", table);
    }
}

void
keeper_destroy(struct keeper **out)
{
    struct keeper *k = *out;

    if (k == NULL) {
        return;
    }
    queue_close(k->notes);
    CHECK(pthread_join(k->thread, NULL) == 0);
    queue_destroy(&k->notes);
    free(k);
    *out = NULL;
}
