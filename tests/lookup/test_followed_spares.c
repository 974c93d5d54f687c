/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which generations are held beside the live one. Loading is played by the
 * test: it makes an empty generation, or says what the test wants; so is the
 * watch, which knows who has which uid.
 */
#include "lookup/followed_spares.h"

#include "common/base/check.h"
#include "common/base/log.h"
#include "lookup/followed_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LIVE 100

struct watch {
    struct followed f;
    struct manifest m;
    unsigned loads; /* tried */
    unsigned infos; /* read */
    enum rc load, info;
};

static void
uid_of(uint64_t number, char out[UID_SIZE])
{
    snprintf(out, UID_SIZE, "%016x", (unsigned)number);
}

enum rc
followed_load(const char *table, const struct followed_source *from,
              uint64_t number, const char *uid, struct generation **out,
              struct err *e)
{
    struct generation *g;

    assert_string_equal(table, "t");
    from->watch->loads++;
    if (from->watch->load != RC_OK) {
        return err_set(e, from->watch->load, "as the test said");
    }
    g = calloc(1, sizeof(*g));
    CHECK(g != NULL);
    g->number = number;
    uid_of(number, g->info.uid);
    assert_true(uid[0] == '\0' || strcmp(uid, g->info.uid) == 0);
    *out = g;
    return RC_OK;
}

enum rc
followed_unshelve(const char *table, const struct followed_source *from,
                  uint64_t number, const char *uid, struct generation **out,
                  struct err *e)
{
    return followed_load(table, from, number, uid, out, e);
}

enum rc
watch_read_info(struct watch *w, const char *table, uint64_t gen,
                struct generation_info *info, struct err *e)
{
    assert_string_equal(table, "t");
    w->infos++;
    memset(info, 0, sizeof(*info));
    uid_of(gen, info->uid);
    return w->info == RC_OK ? RC_OK : err_set(e, w->info, "as the test said");
}

enum rc
watch_feature_buckets(struct watch *w, const char *table, const char *schema_id,
                      uint64_t *n, struct err *e)
{
    (void)w, (void)table, (void)schema_id, (void)n;
    return err_set(e, RC_FAILED, "nobody asks for rows here");
}

/* Nobody else holds them. */
void
generation_release(struct generation **g)
{
    free(*g);
    *g = NULL;
}

/* LIVE is live, and nothing else is to be held. */
static struct watch *
begin(void)
{
    struct watch *w = calloc(1, sizeof(*w));
    struct generation *live = calloc(1, sizeof(*live));

    CHECK(w != NULL && live != NULL);
    snprintf(w->f.name, sizeof(w->f.name), "t");
    live->number = w->m.live = w->m.last = LIVE;
    uid_of(LIVE, live->info.uid);
    uid_of(LIVE, w->m.live_uid);
    w->f.held[FOLLOWED_LIVE] = live;
    return w;
}

static void
end(struct watch *w)
{
    for (int i = 0; i < FOLLOWED_SLOTS; i++) {
        generation_release(&w->f.held[i]);
    }
    free(w);
}

static enum rc
hold(struct watch *w)
{
    const struct followed_source from = {.watch = w};
    struct err e;

    return followed_hold_spares(&w->f, &from, &w->m, &e);
}

static uint64_t
number_in(const struct watch *w, enum followed_slot slot)
{
    return w->f.held[slot] == NULL ? 0 : w->f.held[slot]->number;
}

/* These are held now, after so many were tried to be loaded. */
static void
check(struct watch *w, uint64_t previous, uint64_t next, unsigned loads)
{
    w->loads = 0;
    assert_int_equal(hold(w), RC_OK);
    assert_int_equal(number_in(w, FOLLOWED_LIVE), LIVE);
    assert_int_equal(number_in(w, FOLLOWED_PREVIOUS), previous);
    assert_int_equal(number_in(w, FOLLOWED_NEXT), next);
    assert_int_equal(w->loads, loads);
}

static void
set_previous(struct watch *w, uint64_t number)
{
    w->m.previous = number;
    uid_of(number, w->m.previous_uid);
}

static void
test_previous_and_next(void **state)
{
    struct watch *w = begin();

    (void)state;
    check(w, 0, 0, 0);
    set_previous(w, LIVE - 1);
    check(w, LIVE - 1, 0, 1);
    w->m.last = LIVE + 1;
    check(w, LIVE - 1, LIVE + 1, 1);
    check(w, LIVE - 1, LIVE + 1, 0);
    w->m.last = LIVE + 2;
    check(w, LIVE - 1, LIVE + 2, 1);
    set_previous(w, LIVE - 5);
    check(w, LIVE - 5, LIVE + 2, 1);
    w->m.last = LIVE;
    check(w, LIVE - 5, 0, 0);
    end(w);
}

/* After a rollback the newer one is bad: nobody will publish it by itself. */
static void
test_bad(void **state)
{
    struct watch *w = begin();

    (void)state;
    w->m.last = LIVE + 1;
    snprintf(w->m.bad, sizeof(w->m.bad), "%d", LIVE + 1);
    check(w, 0, 0, 0);
    w->m.last = LIVE + 2;
    check(w, 0, LIVE + 2, 1);
    end(w);
}

/* Of the writer, who may work on an older one, found among the last 16. */
static void
test_writer(void **state)
{
    struct watch *w = begin();

    (void)state;
    w->m.last = LIVE + 20;
    snprintf(w->m.writer, sizeof(w->m.writer), "host:1:%016x", LIVE + 7);
    check(w, 0, LIVE + 7, 1);
    assert_int_equal(w->infos, 14);
    check(w, 0, LIVE + 7, 0);
    assert_int_equal(w->infos, 14);
    snprintf(w->m.writer, sizeof(w->m.writer), "host:1:%016x", LIVE + 4);
    check(w, 0, 0, 0);
    assert_int_equal(w->infos, 30);
    w->info = RC_NOT_FOUND;
    check(w, 0, 0, 0);
    w->info = RC_UNAVAIL;
    assert_int_equal(hold(w), RC_UNAVAIL);
    end(w);
}

/* What is damaged is not read at every poll; what is not ready yet, is. */
static void
test_failures(void **state)
{
    struct watch *w = begin();

    (void)state;
    w->m.last = LIVE + 1;
    w->load = RC_CONFLICT;
    check(w, 0, 0, 1);
    check(w, 0, 0, 1);
    w->load = RC_UNAVAIL;
    assert_int_equal(hold(w), RC_UNAVAIL);
    w->load = RC_INVAL;
    check(w, 0, 0, 1);
    check(w, 0, 0, 0);
    w->f.failed[FOLLOWED_NEXT].retry_ns = 0;
    w->load = RC_OK;
    check(w, 0, LIVE + 1, 1);
    end(w);
}

/* The previous one is served still, while another live one fails to load. */
static void
test_not_twice(void **state)
{
    struct watch *w = begin();

    (void)state;
    set_previous(w, LIVE);
    w->m.live = w->m.last = LIVE + 1;
    uid_of(LIVE + 1, w->m.live_uid);
    check(w, 0, 0, 0);
    end(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_previous_and_next),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_writer),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_not_twice),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
