/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ladder with the live generation in memory: a hit never asks the store,
 * and absence is proven but for the feature row.
 */
#include "common/table/snapshot.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct lookup_policy plain;

/* The live generation's records: of one user, with that value. */
static void
warm(struct ladder *l, struct str user, float value)
{
    struct snapshot *s = snapshot_create(1, 0, 4, SIZE_MAX);
    char record[4];
    struct str rec = {record, record_put_f32(record, &value, 1)};

    CHECK(s != NULL && snapshot_add(s, 0, user, rec) == RC_OK);
    snapshot_seal(s);
    l->live->snapshot = s;
}

static void
assert_precomputed(const struct ladder *l, float value)
{
    assert_int_equal(l->last.code, ANSWER_OK);
    assert_int_equal(l->last.outcome, OUTCOME_PRECOMPUTED);
    assert_true(l->y[0] == value);
    assert_int_equal(l->last.record.len, 4);
}

static void
test_hit(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    warm(l, STR("u"), 0.25f);
    ladder_ask(l);
    assert_int_equal(l->store.calls, 0);
    assert_precomputed(l, 0.25f);
    assert_false(l->last.stale || l->last.degraded);
    ladder_end(l);
}

enum seq {
    SEQ_SAME,
    SEQ_GONE,
    SEQ_SILENT,
    SEQS
};
enum row {
    ROW_NIL,
    ROW_WHOLE,
    ROW_SILENT,
    ROWS
};

static void
reply(struct ladder *l, size_t i, int how, struct str bytes)
{
    if (how == SEQ_SILENT) {
        fake_store_silence(&l->store, i, RC_TIMEOUT);
    } else if (bytes.len == 0) {
        fake_store_nil(&l->store, i);
    } else {
        fake_store_bytes(&l->store, i, bytes);
    }
}

/* The manifest and the row are asked for, and not the bucket. */
static void
ask_absent(struct ladder *l, enum seq seq, enum row row)
{
    char bytes[LADDER_ROW];
    struct str whole = ladder_row(bytes, 1, 2, 3);

    warm(l, STR("another"), 0.25f);
    ladder_ask(l);
    assert_int_equal(l->store.n, 2);
    assert_string_equal(l->store.read[0].key, "p:t");
    assert_true(str_eq(l->store.read[1].asked, STR("u")));
    reply(l, 0, (int)seq, seq == SEQ_SAME ? STR("7") : STR(""));
    reply(l, 1, (int)row, row == ROW_WHOLE ? whole : STR(""));
}

static void
test_absent(void **state)
{
    static const enum answer_code want[SEQS][ROWS] = {
        [SEQ_SAME] = {ANSWER_UNKNOWN_USER, ANSWER_OK, ANSWER_STORE_UNAVAILABLE},
        [SEQ_GONE] = {ANSWER_TABLE_UNAVAILABLE, ANSWER_TABLE_UNAVAILABLE,
                      ANSWER_TABLE_UNAVAILABLE},
        [SEQ_SILENT] = {ANSWER_STORE_UNAVAILABLE, ANSWER_STORE_UNAVAILABLE,
                        ANSWER_STORE_UNAVAILABLE},
    };
    struct ladder *l = *state;

    for (int seq = 0; seq < SEQS; seq++) {
        for (int row = 0; row < ROWS; row++) {
            ladder_begin(l, plain);
            ask_absent(l, (enum seq)seq, (enum row)row);
            assert_int_equal(l->last.code, want[seq][row]);
            ladder_end(l);
        }
    }
    ladder_begin(l, plain);
    ask_absent(l, SEQ_SAME, ROW_WHOLE);
    assert_int_equal(l->last.outcome, OUTCOME_LIVE);
    assert_true(l->y[0] == ladder_score(l, 1, 2, 3));
    ladder_end(l);
}

static void
test_absent_while_the_store_is_away(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    warm(l, STR("another"), 0.25f);
    l->store.refuse[0] = l->store.refuse[1] = RC_UNAVAIL;
    ladder_ask(l);
    assert_int_equal(l->last.code, ANSWER_STORE_UNAVAILABLE);
    ladder_end(l);
}

/* The generation that is live by now is asked, in memory as well. */
static void
test_absent_from_an_older_generation(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    warm(l, STR("another"), 0.25f);
    ladder_ask(l);
    fake_store_bytes(&l->store, 0, STR("8"));
    fake_store_nil(&l->store, 1);
    assert_int_equal(l->answered, 0);
    assert_int_equal(l->reloads, 1);
    l->live = sample_generation(&l->sample, 2);
    warm(l, STR("u"), 0.75f);
    lookup_set_tables(l->lookup, sample_tables("t", 8, l->live));
    assert_precomputed(l, 0.75f);
    assert_int_equal(l->store.n, 2);
    ladder_end(l);
}

/* A superseded user's row is read first; without one the record is stale. */
static void
test_superseded(void **state)
{
    struct ladder *l = *state;
    struct superseded_news *news = superseded_news_create(1, true);

    ladder_begin(l, plain);
    warm(l, STR("u"), 0.25f);
    assert_int_equal(superseded_news_add(news, STR("u"), UINT64_MAX), RC_OK);
    lookup_supersede(l->lookup, news);
    ladder_ask(l);
    assert_int_equal(l->store.n, 1);
    fake_store_nil(&l->store, 0);
    assert_precomputed(l, 0.25f);
    assert_true(l->last.stale);
    ladder_end(l);
}

/*
 * A rollback while a query is parked: its user changed after the older batch
 * was cut and before the newer one was, whose records it had not to fear.
 */
static void
test_superseded_of_an_older_generation(void **state)
{
    struct ladder *l = *state;
    struct superseded_news *news = superseded_news_create(1, true);
    char bytes[LADDER_ROW];

    ladder_begin(l, plain);
    warm(l, STR("another"), 0.25f);
    l->live->info.as_of_us = 200;
    assert_int_equal(superseded_news_add(news, STR("u"), 150), RC_OK);
    lookup_supersede(l->lookup, news);
    ladder_ask(l);
    fake_store_bytes(&l->store, 0, STR("8"));
    fake_store_nil(&l->store, 1);
    l->live = sample_generation(&l->sample, 2);
    l->live->info.as_of_us = 100;
    warm(l, STR("u"), 0.75f);
    lookup_set_tables(l->lookup, sample_tables("t", 8, l->live));
    assert_int_equal(l->store.n, 3);
    fake_store_bytes(&l->store, 2, ladder_row(bytes, 1, 2, 3));
    assert_int_equal(l->last.outcome, OUTCOME_LIVE);
    assert_true(l->y[0] == ladder_score(l, 1, 2, 3));
    ladder_end(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hit),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_absent_while_the_store_is_away),
        cmocka_unit_test(test_absent_from_an_older_generation),
        cmocka_unit_test(test_superseded),
        cmocka_unit_test(test_superseded_of_an_older_generation),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
