/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lookup/watch_bench.h"

#define SET "SMEMBERS p"

/* live 3, seq 9 */
#define MANIFEST                                                               \
    "*6\r\n$4\r\nlive\r\n$1\r\n3\r\n$8\r\nlive_uid\r\n$16\r\n" UID             \
    "\r\n$3\r\nseq\r\n$1\r\n9\r\n"

/* What is new is asked for behind the set, what is known along with it. */
static void
test_tables_come_and_go(void **state)
{
    static const struct play_line script[] = {
        {SET, "*3\r\n$1\r\nt\r\n$3\r\nn w\r\n$1\r\nu\r\n"},
        {"HGETALL p:t", MANIFEST},
        {"HGETALL p:u", "*0\r\n"},
        {SET, "*1\r\n$1\r\nu\r\n"},
        {"HGETALL p:t", "*0\r\n"},
        {"HGETALL p:u", MANIFEST},
    };
    const struct watch_table *t;
    struct played_redis p;
    struct watch *w = begin(&p, script, COUNT(script));
    struct err e;
    size_t n;

    (void)state;
    assert_int_equal(watch_poll(w, &t, &n, &e), RC_OK);
    assert_int_equal(n, 2);
    assert_string_equal(t[0].name, "t");
    assert_true(t[0].listed && t[0].present);
    assert_int_equal(t[0].manifest.live, 3);
    assert_int_equal(t[0].manifest.seq, 9);
    assert_string_equal(t[0].manifest.live_uid, UID);
    assert_string_equal(t[1].name, "u");
    assert_true(t[1].listed && !t[1].present);

    assert_int_equal(watch_poll(w, &t, &n, &e), RC_OK);
    assert_int_equal(n, 2);
    assert_true(!t[0].listed && !t[0].present);
    assert_int_equal(t[0].manifest.live, 0);
    assert_true(t[1].listed && t[1].present);
    assert_int_equal(watch_connects(w), 1);
    end(&p, w);
}

/* It is told of the table; the others are read all the same. */
static void
test_a_manifest_that_is_none(void **state)
{
    static const struct play_line script[] = {
        {SET, "*2\r\n$1\r\nt\r\n$1\r\nu\r\n"},
        {"HGETALL p:t", "*2\r\n$4\r\nlive\r\n$1\r\nx\r\n"},
        {"HGETALL p:u", MANIFEST},
    };
    const struct watch_table *t;
    struct played_redis p;
    struct watch *w = begin(&p, script, COUNT(script));
    struct err e;
    size_t n;

    (void)state;
    assert_int_equal(watch_poll(w, &t, &n, &e), RC_OK);
    assert_true(t[0].present);
    assert_string_not_equal(t[0].problem.text, "");
    assert_string_equal(t[1].problem.text, "");
    assert_int_equal(t[1].manifest.live, 3);
    end(&p, w);
}

/* Known before the set has them, and no more once forgotten. */
static void
test_expected_and_forgotten(void **state)
{
    static const struct play_line script[] = {
        {SET, "*0\r\n"}, {"HGETALL p:a", "*0\r\n"}, {"HGETALL p:b", MANIFEST},
        {SET, "*0\r\n"}, {"HGETALL p:b", MANIFEST},
    };
    const struct watch_table *t;
    struct played_redis p;
    struct watch *w = begin(&p, script, COUNT(script));
    struct err e;
    size_t n;

    (void)state;
    assert_int_equal(watch_expect(w, "a"), RC_OK);
    assert_int_equal(watch_expect(w, "b"), RC_OK);
    assert_int_equal(watch_poll(w, &t, &n, &e), RC_OK);
    assert_int_equal(n, 2);
    assert_false(t[1].listed);
    watch_forget(w, "a");
    watch_forget(w, "nobody");
    assert_int_equal(watch_poll(w, &t, &n, &e), RC_OK);
    assert_int_equal(n, 1);
    assert_string_equal(t[0].name, "b");
    assert_int_equal(t[0].manifest.live, 3);
    end(&p, w);
}

/*
 * Whatever goes wrong with a reply, and wherever, what is left of the pipeline
 * is not taken for the answer to the next poll.
 */
static void
test_begins_anew(void **state)
{
    static const struct play_line script[] = {
        {SET, "-LOADING Redis is loading the dataset in memory\r\n"},
        {SET, "*2\r\n$1\r\nt\r\n$1\r\nu\r\n"},
        {"HGETALL p:t", "-WRONGTYPE not a hash\r\n"},
        {"HGETALL p:u", MANIFEST},
        {SET, "*2\r\n$1\r\nt\r\n$1\r\nu\r\n"},
        {"HGETALL p:t", NULL},
        {SET, "*2\r\n$1\r\nt\r\n$1\r\nu\r\n"},
        {"HGETALL p:t", MANIFEST},
        {"HGETALL p:u", MANIFEST},
    };
    static const char *const says[] = {"LOADING", "WRONGTYPE", "redis at "};
    const struct watch_table *t;
    struct played_redis p;
    struct watch *w = begin(&p, script, COUNT(script));
    struct err e;
    size_t n;

    (void)state;
    for (size_t i = 0; i < COUNT(says); i++) {
        assert_int_equal(watch_poll(w, &t, &n, &e), RC_UNAVAIL);
        assert_non_null(strstr(e.text, says[i]));
    }
    assert_int_equal(watch_poll(w, &t, &n, &e), RC_OK);
    assert_int_equal(n, 2);
    assert_int_equal(t[1].manifest.live, 3);
    assert_int_equal(watch_connects(w), 4);
    end(&p, w);
}

static void
test_nobody_there(void **state)
{
    const struct topology nowhere = {.path = "/nowhere/at/all"};
    struct watch *w = watch_create(&nowhere, "p");
    const struct watch_table *t;
    struct err e;
    size_t n;

    (void)state;
    assert_non_null(w);
    assert_int_equal(watch_poll(w, &t, &n, &e), RC_UNAVAIL);
    assert_non_null(strstr(e.text, "/nowhere/at/all"));
    assert_int_equal(watch_connects(w), 0);
    watch_destroy(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_come_and_go),
        cmocka_unit_test(test_a_manifest_that_is_none),
        cmocka_unit_test(test_expected_and_forgotten),
        cmocka_unit_test(test_begins_anew),
        cmocka_unit_test(test_nobody_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
