/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/loader.h"

#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/base/log.h"
#include "common/base/queue.h"
#include "lookup/followed.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * The loop: poll -> follow each table -> hand out a new list if anything
 * changed -> say in <p>::servers what is loaded -> wait. It waits on its
 * inbox, where workers put generations nobody holds any more, and pokes.
 */
#define POLL_NS       25000000ull
#define RETRY_NS      100000000ull
#define ANNOUNCE_NS   1000000000ull
#define INBOX_MAX     4096
#define SERVER_MAX    160
#define ANNOUNCED_MAX 65536

struct loader {
    pthread_t thread;
    struct queue *inbox; /* dead generations, and the words below */
    struct watch *watch;
    loader_publish_fn publish;
    loader_superseded_fn superseded;
    void *arg;
    struct followed *table[TABLES_MAX];
    size_t n;
    uint16_t last_id;
    char problem[256]; /* why Redis cannot be read, or "" */
    bool stop;
    uint64_t serial; /* of the last list */
    bool handed_out; /* once, at least */
    uint64_t announced_ns;
    struct buf announced; /* the uids last announced */
    char server[SERVER_MAX];
    char word_poke, word_stop; /* their addresses are the words */
    atomic_bool poked;         /* word_poke is in the inbox */
};

static int
compare_tables(const void *a, const void *b)
{
    const struct followed *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

static struct followed *
find_followed(struct loader *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++) {
        if (strcmp(l->table[i]->name, name) == 0) {
            return l->table[i];
        }
    }
    return NULL;
}

static struct followed *
add_followed(struct loader *l, const char *name)
{
    struct followed *f =
        l->last_id == TABLES_MAX ? NULL : calloc(1, sizeof(*f));

    if (f == NULL) {
        return NULL;
    }
    snprintf(f->name, sizeof(f->name), "%s", name);
    f->id = ++l->last_id;
    l->table[l->n++] = f;
    qsort(l->table, l->n, sizeof(struct followed *), compare_tables);
    return f;
}

static void
drop_followed(struct loader *l, struct followed *f)
{
    size_t i = 0;

    while (l->table[i] != f) {
        i++;
    }
    memmove(&l->table[i], &l->table[i + 1],
            (l->n - i - 1) * sizeof(struct followed *));
    l->n--;
    log_info("table %s was dropped", f->name);
    watch_forget(l->watch, f->name);
    followed_fini(f);
    free(f);
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
    enum rc rc = watch_poll(l->watch, &t, &n, e);

    for (size_t i = n; i-- > 0 && rc == RC_OK;) {
        struct followed *f = find_followed(l, t[i].name);

        if (f != NULL && was_dropped(t, n, i)) {
            drop_followed(l, f);
            *changed = true;
            continue;
        }
        if (f == NULL) {
            f = add_followed(l, t[i].name);
            *changed = *changed || f != NULL;
        }
        if (f != NULL) {
            rc = followed_update(f, l->watch, &t[i], l->inbox, changed, e);
        }
    }
    return rc;
}

/* After the tables: a worker must know a table before its news. */
static enum rc
tell_superseded(struct loader *l, struct err *e)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < l->n && rc == RC_OK; i++) {
        struct superseded_news *news;

        rc = followed_superseded(l->table[i], l->watch, &news, e);
        if (news != NULL) {
            l->superseded(l->arg, news);
            superseded_news_release(&news);
        }
    }
    return rc;
}

static void
hand_out(struct loader *l)
{
    struct tables *t = tables_create(l->n);

    if (t == NULL) {
        return; /* the next change, or the next poke, tries again */
    }
    t->serial = ++l->serial;
    t->store_ok = l->problem[0] == '\0';
    snprintf(t->problem, sizeof(t->problem), "%s", l->problem);
    for (size_t i = 0; i < l->n; i++) {
        struct followed *f = l->table[i];
        struct generation *live = f->held[FOLLOWED_LIVE];

        memcpy(t->view[i].name, f->name, sizeof(f->name));
        memcpy(t->view[i].problem, f->problem, sizeof(f->problem));
        t->view[i].id = f->id;
        t->view[i].seq = f->seq;
        t->view[i].live = live == NULL ? NULL : generation_hold(live);
    }
    l->publish(l->arg, t);
    l->handed_out = true;
    tables_release(&t);
}

/* "<stamp us> <uid> <uid>...": what batchgen's commit waits for. */
static enum rc
announce(struct loader *l, struct err *e)
{
    struct buf uids, text;
    uint64_t now_ns = clock_mono_ns();
    enum rc rc = RC_OK;

    buf_init(&uids, ANNOUNCED_MAX);
    buf_init(&text, ANNOUNCED_MAX);
    for (size_t i = 0; i < l->n * FOLLOWED_SLOTS; i++) {
        struct generation *g =
            l->table[i / FOLLOWED_SLOTS]->held[i % FOLLOWED_SLOTS];

        if (g != NULL) {
            buf_printf(&uids, " %s", g->info.uid);
        }
    }
    if (!str_eq(buf_view(&uids), buf_view(&l->announced)) ||
        now_ns >= l->announced_ns + ANNOUNCE_NS) {
        buf_u64(&text, clock_wall_us());
        buf_str(&text, buf_view(&uids));
        rc = watch_announce(l->watch, l->server, buf_view(&text), e);
    }
    if (rc == RC_OK && text.len > 0) {
        l->announced_ns = now_ns;
        buf_clear(&l->announced);
        buf_str(&l->announced, buf_view(&uids));
    }
    buf_fini(&uids);
    buf_fini(&text);
    return rc;
}

static uint64_t
turn(struct loader *l)
{
    struct err e = {""};
    bool changed = !l->handed_out;
    enum rc rc = follow_all(l, &changed, &e);

    if (rc == RC_OK) {
        rc = tell_superseded(l, &e);
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
    return rc == RC_OK ? POLL_NS : RETRY_NS;
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

        generation_destroy(&g);
    }
}

static void *
run(void *arg)
{
    struct loader *l = arg;
    struct err ignored;

    while (!l->stop) {
        uint64_t begin_ns = clock_mono_ns();
        uint64_t pause_ns = turn(l);

        wait_until(l, begin_ns + pause_ns);
    }
    /* Best effort: an entry that stays is ignored once its stamp is old. */
    if (watch_announce(l->watch, l->server, (struct str){NULL, 0}, &ignored) !=
        RC_OK) {
        log_debug("%s", ignored.text);
    }
    return NULL;
}

static void
name_server(char out[SERVER_MAX])
{
    char host[64] = "?", uid[17];

    if (gethostname(host, sizeof(host) - 1) != 0) {
        host[0] = '?';
    }
    hash_random_uid(uid);
    snprintf(out, SERVER_MAX, "%s:%d:%s", host, (int)getpid(), uid);
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
    buf_init(&l->announced, ANNOUNCED_MAX);
    name_server(l->server);
    l->inbox = queue_create(INBOX_MAX);
    l->watch = watch_create(setup->topology, setup->prefix);
    if (l->inbox == NULL || l->watch == NULL ||
        pthread_create(&l->thread, NULL, run, l) != 0) {
        queue_destroy(&l->inbox);
        watch_destroy(&l->watch);
        free(l);
        return err_set(e, RC_NOMEM, "cannot start the loader");
    }
    *out = l;
    return RC_OK;
}

void
loader_poke(struct loader *l)
{
    /* One is enough, and the dead must always find room. */
    if (!atomic_exchange(&l->poked, true) &&
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
    for (size_t i = 0; i < l->n; i++) {
        followed_fini(l->table[i]);
        free(l->table[i]);
    }
    while ((g = queue_try_pop(l->inbox)) != NULL) {
        if ((void *)g != &l->word_poke) {
            generation_destroy(&g);
        }
    }
    queue_destroy(&l->inbox);
    watch_destroy(&l->watch);
    buf_fini(&l->announced);
    free(l);
    *out = NULL;
}
