/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One turn of the loader: what is done in which order, and what is left for
 * the next one. All it calls is played by the test, which writes down the
 * calls; only the roster and the lists are real.
 */
#include "lookup/loader_impl.h"

#include "common/base/check.h"
#include "common/base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define TABLES 3
#define AGAIN  0ull
#define IDLE   25000000ull
#define AWAY   100000000ull

/* One table, as Redis and the modules played here have it. */
struct played {
    bool moves; /* the next update changes it */
    bool news;  /* the next look finds superseded users */
};

struct watch {
    struct loader l;
    struct watch_table t[TABLES]; /* what the poll sees */
    size_t n;
    const char *failing; /* the step that finds Redis away, or NULL */
    struct played played[TABLES];
    struct generation gen[TABLES]; /* live; held by nobody else */
    bool cold[TABLES];             /* its snapshot is still to come */
    bool busy, rows_busy, rows_void;
    char said[256];   /* the calls of a turn, each behind a blank */
    char uids[64];    /* the last that were announced */
    char listed[256]; /* the last list: names, '~' for warming, the problem */
};

static struct watch *
watch_of(const void *arg)
{
    return (struct watch *)(uintptr_t)arg;
}

static void
say(struct watch *w, const char *what, const char *name)
{
    size_t n = strlen(w->said);

    snprintf(w->said + n, sizeof(w->said) - n, " %s%s", what, name);
}

static enum rc
step(struct watch *w, const char *what, struct err *e)
{
    say(w, what, "");
    return w->failing != NULL && strcmp(w->failing, what) == 0
               ? err_set(e, RC_UNAVAIL, "redis is away")
               : RC_OK;
}

/* ------------------------------------------------------- what is played */

enum rc
watch_poll(struct watch *w, const struct watch_table **table, size_t *n,
           struct err *e)
{
    *table = w->t;
    *n = w->n;
    return step(w, "poll", e);
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

static void
on_publish(void *arg, struct tables *t)
{
    struct watch *w = arg;

    say(w, "LIST", "");
    snprintf(w->listed, sizeof(w->listed), "%s", t->problem);
    CHECK(t->store_ok == (t->problem[0] == '\0'));
    CHECK(t->serial == w->l.serial);
    for (size_t i = 0; i < t->n; i++) {
        size_t n = strlen(w->listed);

        snprintf(w->listed + n, sizeof(w->listed) - n, " %s%s", t->view[i].name,
                 t->view[i].warming ? "~" : "");
    }
}

static void
on_superseded(void *arg, struct superseded_news *n)
{
    char id[8];

    snprintf(id, sizeof(id), "%d", superseded_news_table(n));
    say(arg, "NEWS:", id);
}

/* ------------------------------------------------------------ the turns */

/* Tables "a", "b", ... of generations with uids "A", "B", ... */
static struct watch *
begin(size_t n)
{
    struct watch *w = calloc(1, sizeof(*w));

    CHECK(w != NULL && n <= TABLES);
    w->n = n;
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

/* One turn says and pauses so. */
static void
check_turn(struct watch *w, uint64_t pause_ns, const char *said)
{
    w->said[0] = '\0';
    assert_int_equal(loader_turn(&w->l), pause_ns);
    assert_string_equal(w->said, said);
}

/* Everything is read and handed out; nothing is new. */
static void
settle(struct watch *w)
{
    for (int i = 0; i < 9 && loader_turn(&w->l) != IDLE; i++) {
    }
    w->said[0] = '\0';
    assert_int_equal(loader_turn(&w->l), IDLE);
    assert_null(strstr(w->said, "LIST"));
}

static void
end(struct watch *w)
{
    roster_fini(&w->l.roster);
    free(w);
}

/* An empty Redis is something to tell, once. */
static void
test_first_list(void **state)
{
    struct watch *w = begin(0);

    (void)state;
    check_turn(w, AGAIN, " poll announce LIST");
    assert_string_equal(w->listed, "");
    assert_int_equal(w->l.serial, 1);
    check_turn(w, IDLE, " poll warm announce");
    end(w);
}

/* What moved is handed out before anything is read into memory. */
static void
test_moved(void **state)
{
    struct watch *w = begin(2);

    (void)state;
    settle(w);
    check_turn(w, IDLE,
               " poll update:b update:a superseded superseded warm announce");
    w->played[1].moves = true;
    check_turn(w, AGAIN,
               " poll update:b update:a superseded superseded announce LIST");
    assert_string_equal(w->listed, " a b");
    settle(w);
    end(w);
}

static void
test_away(void **state)
{
    static const char *const steps[] = {"poll", "superseded", "warm",
                                        "announce"};

    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct watch *w = begin(1);
        uint64_t serial;

        settle(w);
        serial = w->l.serial;
        w->failing = steps[i];
        w->said[0] = '\0';
        assert_int_equal(loader_turn(&w->l), AWAY);
        assert_string_equal(w->listed, "redis is away a");
        /* The step that failed was the last. */
        assert_string_equal(strstr(w->said, steps[i]) + strlen(steps[i]),
                            " LIST");
        assert_int_equal(loader_turn(&w->l), AWAY);
        assert_int_equal(w->l.serial, serial + 1);
        w->failing = NULL;
        assert_int_equal(loader_turn(&w->l), AGAIN);
        assert_string_equal(w->listed, " a");
        settle(w);
        end(w);
    }
}

/* Workers know a table before they hear of its superseded users. */
static void
test_superseded(void **state)
{
    struct watch *w = begin(2);

    (void)state;
    settle(w);
    w->played[1].news = true;
    check_turn(
        w, IDLE,
        " poll update:b update:a superseded superseded NEWS:1 warm announce");
    end(w);
}

/* ... and let go of rows that the news make old before they hear them. */
static void
test_void_rows(void **state)
{
    struct watch *w = begin(1);

    (void)state;
    w->l.row_warmer = (void *)w;
    settle(w);
    w->rows_void = w->played[0].news = true;
    check_turn(w, IDLE,
               " poll update:a LIST superseded NEWS:1 warm rows announce");
    w->rows_busy = true;
    check_turn(w, AGAIN, " poll update:a superseded warm rows announce");
    end(w);
}

/* The list says that a live snapshot is awaited at the start, never later. */
static void
test_warming(void **state)
{
    struct watch *w = begin(2);

    (void)state;
    w->cold[0] = w->busy = true;
    check_turn(w, AGAIN,
               " poll update:b update:a superseded superseded announce LIST");
    assert_string_equal(w->listed, " a~ b");
    assert_string_equal(w->uids, " B");
    check_turn(w, AGAIN,
               " poll update:b update:a superseded superseded warm announce");
    w->cold[0] = w->busy = false;
    settle(w);
    assert_string_equal(w->uids, " A B");
    w->cold[1] = w->played[1].moves = true;
    assert_int_equal(loader_turn(&w->l), AGAIN);
    assert_string_equal(w->listed, " a b");
    assert_string_equal(w->uids, " A");
    end(w);
}

/* A table that is in the set no more, which has others, was dropped. */
static void
test_dropped(void **state)
{
    struct watch *w = begin(2);

    (void)state;
    w->l.keeper = (void *)w;
    settle(w);
    w->t[0].listed = w->t[0].present = false;
    check_turn(w, AGAIN,
               " poll update:b forget:a unkeep:a superseded announce LIST"
               " keep:b");
    assert_string_equal(w->listed, " b");
    assert_null(roster_find(&w->l.roster, "a"));
    end(w);
}

/* Without the set, or with a manifest of its own, it is only lost. */
static void
test_lost(void **state)
{
    (void)state;
    for (int present = 0; present < 2; present++) {
        struct watch *w = begin(2);

        settle(w);
        w->t[0].listed = false;
        w->t[0].present = present;
        w->t[1].listed = present;
        settle(w);
        assert_non_null(roster_find(&w->l.roster, "a"));
        end(w);
    }
}

/* The keeper hears of every table, whatever Redis does. */
static void
test_kept(void **state)
{
    struct watch *w = begin(2);

    (void)state;
    w->l.keeper = (void *)w;
    settle(w);
    w->failing = "poll";
    check_turn(w, AWAY, " poll LIST keep:a keep:b");
    end(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_list), cmocka_unit_test(test_moved),
        cmocka_unit_test(test_away),       cmocka_unit_test(test_superseded),
        cmocka_unit_test(test_void_rows),  cmocka_unit_test(test_warming),
        cmocka_unit_test(test_dropped),    cmocka_unit_test(test_lost),
        cmocka_unit_test(test_kept),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
