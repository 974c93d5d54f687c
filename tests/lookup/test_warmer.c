/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the loader's generations have in memory. The watch is played by the
 * test: it holds one user a bucket, or what it is told.
 */
#include "lookup/warmer.h"

#include "common/base/log.h"
#include "common/table/snapshot.h"
#include "lookup/core/feature_rows.h"
#include "tests/support/sample.h"
#include "tests/support/small_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define USERS 40 /* what the sample says of itself, in its one bucket */
#define ROOM  4096

struct watch {
    struct sample sample;
    struct followed table;
    struct followed *tables[1];
    struct warmer *warmer;
    enum rc rc;   /* what reading says */
    size_t users; /* that are in Redis */
    unsigned reads;
    bool changed;
};

enum rc
watch_read_records(struct watch *w, const char *table, uint64_t gen,
                   uint64_t first, uint64_t end, watch_record_fn fn, void *arg,
                   struct err *e)
{
    enum rc rc = w->rc;

    (void)gen, (void)e;
    assert_string_equal(table, "t");
    assert_int_equal(first, 0);
    assert_int_equal(end, 1);
    w->reads++;
    for (size_t i = 0; i < w->users && rc == RC_OK; i++) {
        char id[8];

        snprintf(id, sizeof(id), "u%zu", i);
        rc = fn(arg, 0, str_of(id), STR("1234"));
    }
    return rc;
}

static void
begin(struct watch *w, size_t limit_bytes)
{
    memset(w, 0, sizeof(*w));
    sample_init(&w->sample, 1);
    snprintf(w->table.name, sizeof(w->table.name), "t");
    w->tables[0] = &w->table;
    w->users = USERS;
    w->warmer = warmer_create(limit_bytes);
    CHECK(w->warmer != NULL);
}

static void
end(struct watch *w)
{
    warmer_destroy(&w->warmer);
    for (int i = 0; i < FOLLOWED_SLOTS; i++) {
        generation_release(&w->table.held[i]);
    }
    sample_fini(&w->sample);
}

static void
hold(struct watch *w, enum followed_slot slot, uint64_t number)
{
    w->table.held[slot] = sample_generation(&w->sample, number);
}

static enum rc
turn(struct watch *w)
{
    struct err e;

    w->changed = false;
    return warmer_turn(w->warmer, w, w->tables, 1, &w->changed, &e);
}

static bool
is_warm(const struct watch *w, enum followed_slot slot)
{
    return w->table.held[slot] != NULL &&
           generation_snapshot(w->table.held[slot]) != NULL;
}

static void
test_in_order_of_worth(void **state)
{
    static const enum followed_slot order[] = {FOLLOWED_LIVE, FOLLOWED_NEXT,
                                               FOLLOWED_PREVIOUS};
    struct watch w;

    (void)state;
    begin(&w, SIZE_MAX);
    for (int i = 0; i < FOLLOWED_SLOTS; i++) {
        hold(&w, (enum followed_slot)i, (uint64_t)i + 1);
    }
    for (int i = 0; i < FOLLOWED_SLOTS; i++) {
        struct generation *g = w.table.held[order[i]];

        assert_false(warmer_settled(w.warmer, g));
        assert_int_equal(turn(&w), RC_OK);
        assert_true(w.changed && is_warm(&w, order[i]));
        assert_true(warmer_settled(w.warmer, g));
        assert_int_equal(snapshot_users(generation_snapshot(g)), USERS);
    }
    assert_int_equal(turn(&w), RC_OK);
    assert_false(w.changed);
    assert_int_equal(w.reads, FOLLOWED_SLOTS);
    end(&w);
}

static void
test_off(void **state)
{
    struct watch w;

    (void)state;
    begin(&w, 0);
    hold(&w, FOLLOWED_LIVE, 1);
    assert_true(warmer_settled(w.warmer, w.table.held[FOLLOWED_LIVE]));
    assert_int_equal(turn(&w), RC_OK);
    assert_int_equal(w.reads, 0);
    assert_false(w.changed);
    end(&w);
}

/* Neither fewer records than there should be, nor others, are a snapshot. */
static void
test_damaged(void **state)
{
    struct watch w;

    (void)state;
    for (int other = 0; other < 2; other++) {
        begin(&w, SIZE_MAX);
        hold(&w, FOLLOWED_LIVE, 1);
        w.users -= (size_t)!other;
        w.rc = other ? RC_INVAL : RC_OK;
        assert_int_equal(turn(&w), RC_OK);
        assert_true(w.changed);
        assert_true(warmer_settled(w.warmer, w.table.held[FOLLOWED_LIVE]));
        assert_false(is_warm(&w, FOLLOWED_LIVE) || warmer_busy(w.warmer));
        end(&w);
    }
}

static void
test_redis_goes_away(void **state)
{
    struct watch w;

    (void)state;
    begin(&w, SIZE_MAX);
    hold(&w, FOLLOWED_LIVE, 1);
    w.rc = RC_UNAVAIL;
    assert_int_equal(turn(&w), RC_UNAVAIL);
    assert_false(warmer_settled(w.warmer, w.table.held[FOLLOWED_LIVE]));
    w.rc = RC_OK;
    assert_int_equal(turn(&w), RC_OK);
    assert_true(is_warm(&w, FOLLOWED_LIVE));
    end(&w);
}

/* The previous generation makes way, and its memory is free once it is dead. */
static void
test_limit(void **state)
{
    struct generation *dead;
    struct watch w;

    (void)state;
    begin(&w, ROOM);
    hold(&w, FOLLOWED_PREVIOUS, 1);
    assert_int_equal(turn(&w), RC_OK);
    size_t one =
        snapshot_bytes(generation_snapshot(w.table.held[FOLLOWED_PREVIOUS]));

    warmer_destroy(&w.warmer);
    generation_release(&w.table.held[FOLLOWED_PREVIOUS]);
    sample_bury(&w.sample);
    w.warmer = warmer_create(one + one / 2);
    hold(&w, FOLLOWED_PREVIOUS, 1);
    assert_int_equal(turn(&w), RC_OK);
    assert_true(is_warm(&w, FOLLOWED_PREVIOUS));
    hold(&w, FOLLOWED_LIVE, 2);
    assert_int_equal(turn(&w), RC_OK);
    assert_null(w.table.held[FOLLOWED_PREVIOUS]);
    assert_false(is_warm(&w, FOLLOWED_LIVE));
    dead = queue_try_pop(w.sample.graveyard);
    assert_non_null(dead);
    warmer_forget(w.warmer, dead);
    generation_destroy(&dead);
    assert_int_equal(turn(&w), RC_OK);
    assert_true(is_warm(&w, FOLLOWED_LIVE));
    hold(&w, FOLLOWED_NEXT, 3);
    assert_int_equal(turn(&w), RC_OK);
    assert_false(is_warm(&w, FOLLOWED_NEXT));
    assert_true(warmer_settled(w.warmer, w.table.held[FOLLOWED_NEXT]));
    end(&w);
}

/* A snapshot that a generation came with counts, if there is room for it. */
static void
test_adopted(void **state)
{
    struct generation *g;
    struct watch w;

    (void)state;
    begin(&w, ROOM);
    hold(&w, FOLLOWED_LIVE, 1);
    g = w.table.held[FOLLOWED_LIVE];
    g->snapshot = small_snapshot(USERS, 1, false);
    warmer_take(w.warmer, ROOM);
    assert_int_equal(warmer_free_bytes(w.warmer), 0);
    assert_false(warmer_adopt(w.warmer, g));
    warmer_give(w.warmer, ROOM);
    assert_true(warmer_adopt(w.warmer, g));
    assert_int_equal(warmer_free_bytes(w.warmer),
                     ROOM - snapshot_bytes(generation_snapshot(g)));
    assert_true(warmer_settled(w.warmer, g));
    assert_int_equal(turn(&w), RC_OK);
    assert_int_equal(w.reads, 0);
    warmer_forget(w.warmer, g);
    assert_int_equal(warmer_free_bytes(w.warmer), ROOM);
    end(&w);
}

/* Records are worth more than feature rows. */
static void
test_rows_make_way(void **state)
{
    struct followed_rows *r;
    struct watch w;

    (void)state;
    begin(&w, ROOM);
    r = &w.table.rows;
    r->rows = feature_rows_create(small_snapshot(370, 1, false));
    warmer_take(w.warmer, feature_rows_bytes(r->rows));
    assert_in_range(warmer_free_bytes(w.warmer), 1, 400);
    hold(&w, FOLLOWED_LIVE, 1);
    assert_int_equal(turn(&w), RC_OK);
    assert_null(r->rows);
    assert_true(r->settled && w.changed);
    assert_int_equal(turn(&w), RC_OK);
    assert_true(is_warm(&w, FOLLOWED_LIVE));
    end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_order_of_worth),
        cmocka_unit_test(test_off),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_redis_goes_away),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_adopted),
        cmocka_unit_test(test_rows_make_way),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
