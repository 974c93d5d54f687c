/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a second look asks, and what each reply makes of q->look, whatever the
 * order they come in. What the ladder concludes from it: test_lookup.c.
 */
#include "lookup/core/second_look.h"

#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The reads of one that is not proven, in the order they are sent. */
enum {
    SEQ,
    BUCKET,
    ROW,
    READS
};

struct look {
    struct ladder *l;
    struct query *q;
    unsigned done;
};

static void
on_done(struct query *q)
{
    ((struct look *)q->arg)->done++;
}

/* With the reads of this set refused; bit i is the i-th that is sent. */
static void
begin(struct look *k, struct ladder *l, bool proven, unsigned refused)
{
    ladder_begin(l, (struct lookup_policy){.timeout_ns = 0});
    for (unsigned i = 0; i < READS; i++) {
        l->store.refuse[i] = refused >> i & 1 ? RC_FULL : RC_OK;
    }
    k->l = l;
    k->q = ladder_query(l);
    k->q->arg = k;
    k->done = 0;
    second_look(k->q, proven, on_done);
}

static void
end(struct look *k)
{
    assert_int_equal(k->done, 1);
    lookup_drop(k->q);
    k->l->begun--;
    ladder_end(k->l);
}

/* What a store says that still holds the generation, and has no row. */
static void
confirm_at(struct look *k, unsigned which, unsigned at)
{
    if (which == SEQ) {
        fake_store_bytes(&k->l->store, at, STR("7"));
    } else if (which == BUCKET) {
        fake_store_integer(&k->l->store, at, 1);
    } else {
        fake_store_nil(&k->l->store, at);
    }
}

static void
confirm(struct look *k, unsigned which)
{
    confirm_at(k, which, which);
}

static unsigned
found(const struct look *k)
{
    const struct second_look *s = &k->q->look;

    return (unsigned)(s->silent | s->moved << 1 | s->lost << 2 |
                      s->row_silent << 3 | s->row_bad << 4 | s->row_found << 5);
}

enum {
    NOTHING = 0,
    SILENT = 1,
    MOVED = 2,
    LOST = 4,
    ROW_SILENT = 8,
    ROW_BAD = 16,
    ROW_FOUND = 32,
};

static void
test_what_is_asked(void **state)
{
    struct look k;
    const struct fake_read *read;

    begin(&k, *state, false, 0);
    read = k.l->store.read;
    assert_int_equal(k.l->store.n, READS);
    assert_string_equal(read[SEQ].key, "p:t");
    assert_true(str_eq(read[SEQ].asked, STR("seq")));
    assert_string_equal(read[BUCKET].key, "p:t:1:0");
    assert_null(read[BUCKET].asked.p);
    assert_non_null(strstr(read[ROW].key, "p:t:features:"));
    assert_true(str_eq(read[ROW].asked, STR("u")));
    for (unsigned i = 0; i < READS; i++) {
        assert_int_equal(read[i].deadline_ns, k.q->deadline_ns);
        assert_int_equal(k.done, 0);
        confirm(&k, i);
    }
    assert_int_equal(found(&k), NOTHING);
    end(&k);
}

/* A snapshot has proven it: the bucket is not looked at. */
static void
test_proven(void **state)
{
    struct look k;

    begin(&k, *state, true, 0);
    assert_int_equal(k.l->store.n, 2);
    assert_string_equal(k.l->store.read[0].key, "p:t");
    assert_non_null(strstr(k.l->store.read[1].key, "p:t:features:"));
    fake_store_nil(&k.l->store, 1);
    assert_int_equal(k.done, 0);
    fake_store_bytes(&k.l->store, 0, STR("8"));
    assert_int_equal(found(&k), MOVED);
    end(&k);
}

/* In any order: done is called once, by the last. */
static void
test_over_with_the_last(void **state)
{
    static const unsigned orders[][READS] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                             {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        struct look k;

        begin(&k, *state, false, 0);
        for (unsigned n = 0; n < READS; n++) {
            assert_int_equal(k.done, 0);
            confirm(&k, orders[i][n]);
        }
        assert_int_equal(found(&k), NOTHING);
        end(&k);
    }
}

/* What the store does not take is silence; all of it: done at once. */
static void
test_refused(void **state)
{
    for (unsigned refused = 1; refused < 1 << READS; refused++) {
        bool first_two = (refused & (1 << SEQ | 1 << BUCKET)) != 0;
        bool row = (refused & 1 << ROW) != 0;
        unsigned at = 0;
        struct look k;

        begin(&k, *state, false, refused);
        for (unsigned i = 0; i < READS; i++) {
            if ((refused >> i & 1) == 0) {
                assert_int_equal(k.done, 0);
                confirm_at(&k, i, at++);
            }
        }
        assert_int_equal(found(&k), (first_two ? SILENT : NOTHING) |
                                        (row ? ROW_SILENT : NOTHING));
        end(&k);
    }
}

/* One reply is other than it should be; the others confirm. */
static void
check_one(struct ladder *l, unsigned which, struct store_reply reply,
          unsigned expected)
{
    struct look k;

    begin(&k, l, false, 0);
    for (unsigned i = 0; i < READS; i++) {
        if (i == which) {
            fake_store_answer(&l->store, i, reply);
        } else {
            confirm(&k, i);
        }
    }
    assert_int_equal(found(&k), expected);
    end(&k);
}

static struct store_reply
bytes(struct str text)
{
    return (struct store_reply){.kind = STORE_BYTES, .bytes = text};
}

static void
test_replies(void **state)
{
    const struct store_reply nil = {.kind = STORE_NIL};
    const struct store_reply none = {.kind = STORE_INTEGER, .integer = 0};
    const struct store_reply silence = {.rc = RC_UNAVAIL};
    char row[LADDER_ROW];

    check_one(*state, SEQ, bytes(STR("8")), MOVED);
    check_one(*state, SEQ, bytes(STR("6")), MOVED);
    check_one(*state, SEQ, bytes(STR("7x")), LOST);
    check_one(*state, SEQ, bytes(STR("")), LOST);
    check_one(*state, SEQ, none, LOST);
    check_one(*state, SEQ, nil, LOST);
    check_one(*state, SEQ, silence, SILENT);
    check_one(*state, BUCKET, none, LOST);
    check_one(*state, BUCKET, nil, LOST);
    check_one(*state, BUCKET, silence, SILENT);
    check_one(*state, ROW, silence, ROW_SILENT);
    check_one(*state, ROW, bytes(STR("short")), ROW_BAD);
    check_one(*state, ROW, bytes(ladder_row(row, 1, 2, 3)), ROW_FOUND);
}

/* What an earlier look found, of another generation, is forgotten. */
static void
test_looked_at_again(void **state)
{
    struct look k;

    begin(&k, *state, false, 0);
    for (unsigned i = 0; i < READS; i++) {
        fake_store_silence(&k.l->store, i, RC_TIMEOUT);
    }
    assert_int_equal(found(&k), SILENT | ROW_SILENT);
    k.done = 0;
    second_look(k.q, true, on_done);
    fake_store_bytes(&k.l->store, READS, STR("7"));
    fake_store_nil(&k.l->store, READS + 1);
    assert_int_equal(found(&k), NOTHING);
    end(&k);
}

/* The row that was found is the query's, but for what the request named. */
static void
test_row_is_overlaid(void **state)
{
    struct look k;
    char row[LADDER_ROW];

    begin(&k, *state, false, 0);
    assert_int_equal(query_set_feature(k.q, STR("hour"), 13), RC_OK);
    confirm(&k, SEQ);
    confirm(&k, BUCKET);
    fake_store_bytes(&k.l->store, ROW, ladder_row(row, 31, 2, NAN));
    assert_int_equal(found(&k), ROW_FOUND);
    assert_true(query_row(k.q)[0] == 31.0f && query_row(k.q)[1] == 13.0f);
    assert_true(isnan(query_row(k.q)[2]));
    end(&k);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_asked),
        cmocka_unit_test(test_proven),
        cmocka_unit_test(test_over_with_the_last),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_looked_at_again),
        cmocka_unit_test(test_row_is_overlaid),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
