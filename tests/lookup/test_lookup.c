/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every edge of the ladder, over a store that answers when told to. That each
 * query is answered and counted exactly once is checked by ladder_end().
 */
#include "lookup/core/lookup.h"

#include "common/base/clock.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct lookup_policy plain;

/* ---------------------------------------------------------- the record */

static void
test_record(void **state)
{
    struct ladder *l = *state;
    float y = 0.25f;
    char rec[4];

    ladder_begin(l, plain);
    ladder_ask(l);
    assert_int_equal(l->store.n, 1);
    assert_string_equal(l->store.read[0].key, "p:t:1:0");
    assert_true(str_eq(l->store.read[0].asked, STR("u")));
    assert_int_equal(l->store.read[0].deadline_ns, 1000);
    record_put_f32(rec, &y, 1);
    fake_store_bytes(&l->store, 0, (struct str){rec, 4});
    assert_int_equal(l->last.code, ANSWER_OK);
    assert_int_equal(l->last.outcome, OUTCOME_PRECOMPUTED);
    assert_true(l->y[0] == y);
    assert_int_equal(l->last.record.len, 4);
    assert_memory_equal(l->record, rec, 4);
    assert_false(l->last.stale || l->last.degraded);
    ladder_end(l);
}

static void
test_record_of_another_length(void **state)
{
    struct ladder *l = *state;

    for (size_t len = 0; len <= 8; len++) {
        if (len == 4) {
            continue;
        }
        ladder_begin(l, plain);
        ladder_ask(l);
        fake_store_bytes(&l->store, 0, (struct str){"12345678", len});
        assert_int_equal(l->last.code, ANSWER_TABLE_UNAVAILABLE);
        assert_int_equal(counter_get(&lookup_stats(l->lookup)->bad_records), 1);
        ladder_end(l);
    }
}

static void
test_silence_is_no_absence(void **state)
{
    struct ladder *l = *state;
    const enum rc why[] = {RC_UNAVAIL, RC_TIMEOUT, RC_FULL};
    const struct lookup_policy both[] = {plain, {.default_on_unknown = true}};

    for (size_t i = 0; i < 6; i++) {
        ladder_begin(l, both[i / 3]);
        ladder_ask(l);
        fake_store_silence(&l->store, 0, why[i % 3]);
        assert_int_equal(l->last.code, ANSWER_STORE_UNAVAILABLE);
        ladder_end(l);

        ladder_begin(l, both[i / 3]);
        l->store.refuse[0] = why[i % 3];
        ladder_ask(l);
        assert_int_equal(l->last.code, ANSWER_STORE_UNAVAILABLE);
        ladder_end(l);
    }
}

static void
test_default_on_failure(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, (struct lookup_policy){.default_on_failure = true});
    l->store.refuse[0] = RC_UNAVAIL;
    ladder_ask(l);
    assert_int_equal(l->last.code, ANSWER_OK);
    assert_int_equal(l->last.outcome, OUTCOME_DEFAULT);
    assert_true(l->last.degraded);
    assert_true(l->y[0] == ladder_score(l, NAN, NAN, NAN));
    ladder_end(l);
}

static void
test_stale(void **state)
{
    struct ladder *l = *state;

    for (int old = 0; old < 2; old++) {
        ladder_begin(l, (struct lookup_policy){.max_age_us = 60000000});
        l->live->info.as_of_us = clock_wall_us() - (old ? 61 : 30) * 1000000;
        ladder_ask(l);
        fake_store_bytes(&l->store, 0, STR("1234"));
        assert_int_equal(l->last.stale, old);
        ladder_end(l);
    }
}

/* ------------------------------------------------------ the second look */

enum seq_reply {
    SEQ_SAME,
    SEQ_OTHER,
    SEQ_GONE,
    SEQ_SILENT,
    SEQ_REFUSED,
    SEQS
};
enum exists_reply {
    IS_THERE,
    IS_GONE,
    IS_SILENT,
    IS_REFUSED,
    EXISTS
};
enum row_reply {
    ROW_NIL,
    ROW_WHOLE,
    ROW_SHORT,
    ROW_SILENT,
    ROW_REFUSED,
    ROWS
};

struct look {
    enum seq_reply seq;
    enum exists_reply exists;
    enum row_reply row;
};

static void
reply_seq(struct ladder *l, const struct look *look, size_t i)
{
    assert_string_equal(l->store.read[i].key, "p:t");
    assert_true(str_eq(l->store.read[i].asked, STR("seq")));
    switch (look->seq) {
    case SEQ_SAME:
        fake_store_bytes(&l->store, i, STR("7"));
        break;
    case SEQ_OTHER:
        fake_store_bytes(&l->store, i, STR("8"));
        break;
    case SEQ_GONE:
        fake_store_nil(&l->store, i);
        break;
    default:
        fake_store_silence(&l->store, i, RC_TIMEOUT);
    }
}

static void
reply_exists(struct ladder *l, const struct look *look, size_t i)
{
    assert_string_equal(l->store.read[i].key, "p:t:1:0");
    assert_null(l->store.read[i].asked.p);
    if (look->exists == IS_SILENT) {
        fake_store_silence(&l->store, i, RC_UNAVAIL);
    } else {
        fake_store_integer(&l->store, i, look->exists == IS_THERE);
    }
}

static void
reply_row(struct ladder *l, const struct look *look, size_t i)
{
    char bytes[LADDER_ROW];
    struct str row = ladder_row(bytes, 1, NAN, -1);

    assert_non_null(strstr(l->store.read[i].key, "p:t:features:"));
    assert_true(str_eq(l->store.read[i].asked, STR("u")));
    switch (look->row) {
    case ROW_NIL:
        fake_store_nil(&l->store, i);
        break;
    case ROW_WHOLE:
        fake_store_bytes(&l->store, i, row);
        break;
    case ROW_SHORT:
        row.len--;
        fake_store_bytes(&l->store, i, row);
        break;
    default:
        fake_store_silence(&l->store, i, RC_UNAVAIL);
    }
}

/* Ask, say nil, then reply to the second look in the order-th order. */
static void
play(struct ladder *l, const struct look *look, int order)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                     {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    const bool sent[3] = {look->seq != SEQ_REFUSED, look->exists != IS_REFUSED,
                          look->row != ROW_REFUSED};
    void (*const reply[3])(struct ladder *, const struct look *,
                           size_t) = {reply_seq, reply_exists, reply_row};

    ladder_ask(l);
    for (int i = 0; i < 3; i++) {
        l->store.refuse[1 + i] = sent[i] ? RC_OK : RC_FULL;
    }
    fake_store_nil(&l->store, 0);
    assert_int_equal(l->store.n, 1 + sent[0] + sent[1] + sent[2]);
    for (int i = 0; i < 3; i++) {
        int which = orders[order][i];
        size_t at = 1;

        for (int k = 0; k < which; k++) {
            at += sent[k];
        }
        if (sent[which]) {
            assert_int_equal(l->answered, 0);
            reply[which](l, look, at);
        }
    }
}

static enum answer_code
expected(const struct look *look)
{
    if (look->seq >= SEQ_SILENT || look->exists >= IS_SILENT) {
        return ANSWER_STORE_UNAVAILABLE;
    }
    if (look->seq == SEQ_GONE || look->exists == IS_GONE ||
        look->row == ROW_SHORT) {
        return ANSWER_TABLE_UNAVAILABLE;
    }
    if (look->row >= ROW_SILENT) {
        return ANSWER_STORE_UNAVAILABLE;
    }
    return look->row == ROW_NIL ? ANSWER_UNKNOWN_USER : ANSWER_OK;
}

/* Parked: the loader brings generation 2, where the record is. */
static void
check_moved(struct ladder *l)
{
    size_t n = l->store.n;

    assert_int_equal(l->answered, 0);
    assert_int_equal(l->reloads, 1);
    assert_true(lookup_tick(l->lookup, 999));
    ladder_publish(l, 2, 8);
    assert_int_equal(l->store.n, n + 1);
    assert_string_equal(l->store.read[n].key, "p:t:2:0");
    fake_store_bytes(&l->store, n, STR("1234"));
    assert_int_equal(l->last.outcome, OUTCOME_PRECOMPUTED);
    assert_int_equal(l->last.gen->number, 2);
    assert_false(lookup_tick(l->lookup, 999));
}

static void
check_counters(struct ladder *l, const struct look *look, bool moved)
{
    const struct lookup_stats *s = lookup_stats(l->lookup);
    bool heard = look->seq < SEQ_SILENT && look->exists < IS_SILENT;
    bool lost =
        heard && !moved && (look->seq == SEQ_GONE || look->exists == IS_GONE);

    assert_int_equal(counter_get(&s->second_looks), 1);
    assert_int_equal(counter_get(&s->moved), moved);
    assert_int_equal(counter_get(&s->lost), lost);
    assert_int_equal(counter_get(&s->bad_records),
                     heard && !moved && !lost && look->row == ROW_SHORT);
}

static void
check_look(struct ladder *l, const struct look *look, int order)
{
    bool moved = look->seq == SEQ_OTHER && look->exists < IS_SILENT;

    ladder_begin(l, plain);
    play(l, look, order);
    if (moved) {
        check_moved(l);
    } else {
        assert_int_equal(l->answered, 1);
        assert_int_equal(l->last.code, expected(look));
    }
    if (l->answered == 1 && l->last.outcome == OUTCOME_LIVE) {
        assert_true(l->y[0] == ladder_score(l, 1, NAN, -1));
    }
    check_counters(l, look, moved);
    ladder_end(l);
}

static void
test_second_look(void **state)
{
    for (int i = 0; i < SEQS * EXISTS * ROWS; i++) {
        const struct look look = {
            .seq = (enum seq_reply)(i % SEQS),
            .exists = (enum exists_reply)(i / SEQS % EXISTS),
            .row = (enum row_reply)(i / SEQS / EXISTS),
        };

        for (int order = 0; order < 6; order++) {
            check_look(*state, &look, order);
        }
    }
}

static void
test_default_on_unknown(void **state)
{
    struct ladder *l = *state;
    const struct look absent = {SEQ_SAME, IS_THERE, ROW_NIL};

    ladder_begin(l, (struct lookup_policy){.default_on_unknown = true});
    play(l, &absent, 0);
    assert_int_equal(l->last.code, ANSWER_OK);
    assert_int_equal(l->last.outcome, OUTCOME_DEFAULT);
    assert_false(l->last.degraded);
    assert_true(l->y[0] == l->live->fallback.y[0]);
    ladder_end(l);
}

/* Most rows were duplicates: buckets without users have a placeholder. */
static void
test_sparse_generation(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    l->live->info.buckets = 4;
    ladder_ask(l);
    fake_store_nil(&l->store, 0);
    fake_store_bytes(&l->store, 1, STR("7"));
    fake_store_integer(&l->store, 2, 0);
    fake_store_nil(&l->store, 3);
    assert_int_equal(l->last.code, ANSWER_TABLE_UNAVAILABLE);
    assert_int_equal(counter_get(&lookup_stats(l->lookup)->lost), 1);
    ladder_end(l);
}

/* Anything but the digits of a number is a manifest that is not one. */
static void
test_manifest_without_a_number(void **state)
{
    struct ladder *l = *state;

    ladder_begin(l, plain);
    ladder_ask(l);
    fake_store_nil(&l->store, 0);
    fake_store_bytes(&l->store, 1, STR("seven"));
    fake_store_integer(&l->store, 2, 1);
    fake_store_nil(&l->store, 3);
    assert_int_equal(l->last.code, ANSWER_TABLE_UNAVAILABLE);
    ladder_end(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_record_of_another_length),
        cmocka_unit_test(test_silence_is_no_absence),
        cmocka_unit_test(test_default_on_failure),
        cmocka_unit_test(test_stale),
        cmocka_unit_test(test_second_look),
        cmocka_unit_test(test_default_on_unknown),
        cmocka_unit_test(test_sparse_generation),
        cmocka_unit_test(test_manifest_without_a_number),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
