/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One turn of the loader: what is done in which order, and what is left for
 * the next one.
 */
#include "common/base/log.h"
#include "tests/lookup/loader_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define AGAIN 0ull
#define IDLE  25000000ull
#define AWAY  100000000ull

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

/* An empty Redis is something to tell, once. */
static void
test_first_list(void **state)
{
    struct watch *w = loader_fixture_begin(0);

    (void)state;
    check_turn(w, AGAIN, " poll announce LIST");
    assert_string_equal(w->listed, "");
    assert_int_equal(w->l.serial, 1);
    check_turn(w, IDLE, " poll warm announce");
    loader_fixture_end(w);
}

/* What moved is handed out before anything is read into memory. */
static void
test_moved(void **state)
{
    struct watch *w = loader_fixture_begin(2);

    (void)state;
    settle(w);
    check_turn(w, IDLE,
               " poll update:b update:a superseded superseded warm announce");
    w->played[1].moves = true;
    check_turn(w, AGAIN,
               " poll update:b update:a superseded superseded announce LIST");
    assert_string_equal(w->listed, " a b");
    settle(w);
    loader_fixture_end(w);
}

static void
test_away(void **state)
{
    static const char *const steps[] = {"poll", "superseded", "warm",
                                        "announce"};

    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct watch *w = loader_fixture_begin(1);
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
        w->address = "10.0.0.2"; /* the list says so */
        assert_int_equal(loader_turn(&w->l), AGAIN);
        assert_string_equal(w->listed, " a");
        settle(w);
        loader_fixture_end(w);
    }
}

/* Who is not served is not said to be nowhere. */
static void
test_too_many_tables(void **state)
{
    struct watch *w = loader_fixture_begin(2);

    (void)state;
    w->l.roster.free = 1;
    settle(w);
    assert_string_equal(w->listed, " b");
    assert_true(w->l.crowded);
    w->l.roster.free = 1;
    settle(w);
    assert_string_equal(w->listed, " a b");
    assert_false(w->l.crowded);
    loader_fixture_end(w);
}

/* Workers know a table before they hear of its superseded users. */
static void
test_superseded(void **state)
{
    struct watch *w = loader_fixture_begin(2);

    (void)state;
    settle(w);
    w->played[1].news = true;
    check_turn(
        w, IDLE,
        " poll update:b update:a superseded superseded NEWS:1 warm announce");
    loader_fixture_end(w);
}

/* ... and let go of rows that the news make old before they hear them. */
static void
test_void_rows(void **state)
{
    struct watch *w = loader_fixture_begin(1);

    (void)state;
    w->l.row_warmer = (void *)w;
    settle(w);
    w->rows_void = w->played[0].news = true;
    check_turn(w, IDLE,
               " poll update:a LIST superseded NEWS:1 warm rows announce");
    w->rows_busy = true;
    check_turn(w, AGAIN, " poll update:a superseded warm rows announce");
    loader_fixture_end(w);
}

/* The list says that a live snapshot is awaited at the start, never later. */
static void
test_warming(void **state)
{
    struct watch *w = loader_fixture_begin(2);

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
    loader_fixture_end(w);
}

/* A table that is in the set no more, which has others, was dropped. */
static void
test_dropped(void **state)
{
    struct watch *w = loader_fixture_begin(2);

    (void)state;
    w->l.keeper = (void *)w;
    settle(w);
    w->t[0].listed = w->t[0].present = false;
    check_turn(w, AGAIN,
               " poll update:b forget:a unkeep:a superseded announce LIST"
               " keep:b");
    assert_string_equal(w->listed, " b");
    assert_null(roster_find(&w->l.roster, "a"));
    loader_fixture_end(w);
}

/* Without the set, or with a manifest of its own, it is only lost. */
static void
test_lost(void **state)
{
    (void)state;
    for (int present = 0; present < 2; present++) {
        struct watch *w = loader_fixture_begin(2);

        settle(w);
        w->t[0].listed = false;
        w->t[0].present = present;
        w->t[1].listed = present;
        settle(w);
        assert_non_null(roster_find(&w->l.roster, "a"));
        loader_fixture_end(w);
    }
}

/* The keeper hears of every table, whatever Redis does. */
static void
test_kept(void **state)
{
    struct watch *w = loader_fixture_begin(2);

    (void)state;
    w->l.keeper = (void *)w;
    settle(w);
    w->failing = "poll";
    check_turn(w, AWAY, " poll LIST keep:a keep:b");
    loader_fixture_end(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_list),
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_away),
        cmocka_unit_test(test_superseded),
        cmocka_unit_test(test_void_rows),
        cmocka_unit_test(test_warming),
        cmocka_unit_test(test_dropped),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_too_many_tables),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
