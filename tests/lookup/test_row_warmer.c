/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rows the loader holds, and until when. The watch is played by the
 * test: it has a row for each of some users, in one bucket.
 */
#include "lookup/row_warmer.h"

#include "common/base/log.h"
#include "common/table/snapshot.h"
#include "lookup/core/feature_rows.h"
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define USERS 40

struct watch {
    struct sample sample;
    struct followed table;
    struct followed *tables[1];
    struct warmer *warmer;
    struct row_warmer *rows;
    enum rc rc;
    uint64_t connects;
    size_t cut; /* bytes that the first row lacks */
    unsigned reads;
    bool changed;
};

uint64_t
watch_connects(const struct watch *w)
{
    return w->connects;
}

enum rc
watch_read_records(struct watch *w, const char *table, uint64_t gen,
                   uint64_t first, uint64_t end, watch_record_fn fn, void *arg,
                   struct err *e)
{
    (void)w, (void)table, (void)gen, (void)first, (void)end, (void)fn;
    (void)arg;
    return err_set(e, RC_FAILED, "no records are asked for");
}

enum rc
watch_read_rows(struct watch *w, const char *table, const char *schema_id,
                uint64_t first, uint64_t end, watch_record_fn fn, void *arg,
                struct err *e)
{
    const float x[SAMPLE_FEATURES] = {1, 2, 3};
    enum rc rc = w->rc;
    char row[64];
    size_t len = record_put_features(row, 5, x, SAMPLE_FEATURES);

    (void)e;
    assert_string_equal(table, "t");
    assert_int_equal(strlen(schema_id), SCHEMA_ID_SIZE - 1);
    assert_true(first == 0 && end == 1);
    w->reads++;
    for (size_t i = 0; i < USERS && rc == RC_OK; i++) {
        char id[8];

        snprintf(id, sizeof(id), "u%zu", i);
        rc = fn(arg, 0, str_of(id),
                (struct str){row, i == 0 ? len - w->cut : len});
    }
    return rc;
}

static void
begin(struct watch *w, size_t limit_bytes)
{
    memset(w, 0, sizeof(*w));
    sample_init(&w->sample, 1);
    snprintf(w->table.name, sizeof(w->table.name), "t");
    w->table.read = true;
    w->table.moves = 7;
    w->table.held[FOLLOWED_LIVE] = sample_generation(&w->sample, 1);
    w->table.held[FOLLOWED_LIVE]->settled = true;
    w->table.held[FOLLOWED_LIVE]->feature_buckets = 1;
    w->tables[0] = &w->table;
    w->connects = 1;
    w->warmer = warmer_create(limit_bytes);
    w->rows = row_warmer_create(w->warmer);
    CHECK(w->warmer != NULL && w->rows != NULL);
}

static void
end(struct watch *w)
{
    row_warmer_destroy(&w->rows);
    warmer_destroy(&w->warmer);
    feature_rows_release(&w->table.rows.rows);
    generation_release(&w->table.held[FOLLOWED_LIVE]);
    sample_fini(&w->sample);
}

static enum rc
turn(struct watch *w)
{
    struct err e;

    w->changed = false;
    return row_warmer_turn(w->rows, w, w->tables, 1, &w->changed, &e);
}

static uint64_t
held(const struct watch *w)
{
    return w->table.rows.rows == NULL ? 0
                                      : feature_rows_users(w->table.rows.rows);
}

static bool
void_now(struct watch *w)
{
    return row_warmer_void(w->rows, w, w->tables, 1);
}

static void
test_read_once(void **state)
{
    struct watch w;

    (void)state;
    begin(&w, 1 << 20);
    assert_int_equal(turn(&w), RC_OK);
    assert_true(w.changed);
    assert_false(row_warmer_busy(w.rows));
    assert_int_equal(held(&w), USERS);
    assert_int_equal(warmer_free_bytes(w.warmer),
                     (1 << 20) - feature_rows_bytes(w.table.rows.rows));
    assert_false(void_now(&w));
    assert_int_equal(turn(&w), RC_OK);
    assert_false(w.changed);
    assert_int_equal(w.reads, 1);
    end(&w);
}

/* What is wanted first is there first, and what is not there is not read. */
static void
test_in_its_turn(void **state)
{
    struct watch w;
    struct generation *g;

    (void)state;
    begin(&w, 1 << 20);
    g = w.table.held[FOLLOWED_LIVE];
    g->settled = false;
    assert_int_equal(turn(&w), RC_OK);
    g->settled = true;
    w.table.read = false;
    assert_int_equal(turn(&w), RC_OK);
    w.table.read = true;
    g->feature_buckets = 0;
    assert_int_equal(turn(&w), RC_OK);
    assert_int_equal(w.reads, 0);
    g->feature_buckets = 1;
    assert_int_equal(turn(&w), RC_OK);
    assert_int_equal(held(&w), USERS);
    end(&w);
}

static void
test_void(void **state)
{
    struct watch w;

    (void)state;
    begin(&w, 1 << 20);
    for (int why = 0; why < 3; why++) {
        assert_int_equal(turn(&w), RC_OK);
        assert_int_equal(held(&w), USERS);
        w.table.moves += why == 0;
        w.connects += why == 1;
        w.table.rows.schema_id[0] ^= (char)(why == 2);
        assert_true(void_now(&w));
        assert_int_equal(held(&w), 0);
        assert_int_equal(warmer_free_bytes(w.warmer), 1 << 20);
        assert_false(void_now(&w));
    }
    assert_int_equal(w.reads, 3);
    end(&w);
}

static void
test_redis_goes_away(void **state)
{
    struct watch w;

    (void)state;
    begin(&w, 1 << 20);
    w.rc = RC_UNAVAIL;
    assert_int_equal(turn(&w), RC_UNAVAIL);
    assert_false(row_warmer_busy(w.rows));
    w.rc = RC_OK;
    assert_int_equal(turn(&w), RC_OK);
    assert_int_equal(held(&w), USERS);
    end(&w);
}

/* Not tried again before something moved. */
static void
test_does_not_fit(void **state)
{
    struct watch w;

    (void)state;
    begin(&w, 600);
    for (int i = 0; i < 3; i++) {
        assert_false(void_now(&w));
        assert_int_equal(turn(&w), RC_OK);
        assert_int_equal(held(&w), 0);
    }
    assert_int_equal(w.reads, 1);
    w.table.moves++;
    assert_false(void_now(&w));
    assert_int_equal(turn(&w), RC_OK);
    assert_int_equal(w.reads, 2);
    end(&w);
}

/* A row that is no row costs itself: Redis is asked for it. */
static void
test_a_row_of_another_length(void **state)
{
    struct watch w;

    (void)state;
    begin(&w, 1 << 20);
    w.cut = 1;
    assert_int_equal(turn(&w), RC_OK);
    assert_int_equal(held(&w), USERS - 1);
    end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_once),
        cmocka_unit_test(test_in_its_turn),
        cmocka_unit_test(test_void),
        cmocka_unit_test(test_redis_goes_away),
        cmocka_unit_test(test_does_not_fit),
        cmocka_unit_test(test_a_row_of_another_length),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
