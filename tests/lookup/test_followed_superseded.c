/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of Redis about the superseded users of one table, and what is
 * told of them. The watch is played by the test: it has a set of two, and
 * says from which stamp on it was asked.
 */
#include "lookup/followed.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct watch {
    uint64_t connects;
    uint64_t asked_us;
    uint64_t stamp[2];
    struct str user[2];
    enum rc rc;
    struct followed f;
    struct superseded *set; /* as a worker has it, that hears the news */
};

uint64_t
watch_connects(const struct watch *w)
{
    return w->connects;
}

enum rc
watch_superseded(struct watch *w, const char *table, uint64_t after_us,
                 watch_superseded_fn fn, void *arg, struct err *e)
{
    assert_string_equal(table, "t");
    w->asked_us = after_us;
    for (int i = 0; i < 2; i++) {
        if (w->stamp[i] > after_us) {
            assert_int_equal(fn(arg, w->user[i], w->stamp[i]), RC_OK);
        }
    }
    return w->rc == RC_OK ? RC_OK : err_set(e, w->rc, "redis is away");
}

static void
begin(struct watch *w)
{
    *w = (struct watch){
        .connects = 1,
        .stamp = {100, 200},
        .user = {STR("a"), STR("b")},
        .f = {.name = "t", .id = 5, .moves = 7},
        .set = superseded_create(),
    };
}

/* Ask; false: there were no news. They are applied to the set. */
static bool
ask(struct watch *w)
{
    struct superseded_news *news;
    struct err e;
    bool some;

    assert_int_equal(followed_superseded(&w->f, w, &news, &e), w->rc);
    some = news != NULL;
    if (some) {
        assert_int_equal(superseded_news_table(news), 5);
        assert_int_equal(superseded_apply(w->set, news), RC_OK);
    }
    superseded_news_release(&news);
    return some;
}

static void
test_only_what_is_new(void **state)
{
    struct watch w;

    (void)state;
    begin(&w);
    assert_false(w.f.read);
    assert_true(ask(&w));
    assert_true(w.f.read);
    assert_int_equal(w.asked_us, 0);
    assert_int_equal(superseded_at(w.set, STR("a")), 100);
    assert_int_equal(superseded_at(w.set, STR("b")), 200);
    assert_false(ask(&w));
    assert_int_equal(w.asked_us, 200);
    w.stamp[0] = 300;
    assert_true(ask(&w));
    assert_int_equal(superseded_at(w.set, STR("a")), 300);
    assert_int_equal(superseded_size(w.set), 2);
    superseded_destroy(&w.set);
}

/* The set was trimmed, or is another Redis': all of it, in place of the old. */
static void
test_all_anew(void **state)
{
    (void)state;
    for (int moved = 0; moved < 2; moved++) {
        struct watch w;

        begin(&w);
        assert_true(ask(&w));
        w.stamp[0] = 0;
        w.f.moves += moved;
        w.connects += !moved;
        assert_true(ask(&w));
        assert_int_equal(w.asked_us, 0);
        assert_int_equal(superseded_at(w.set, STR("a")), 0);
        assert_int_equal(superseded_size(w.set), 1);
        assert_false(ask(&w));
        assert_int_equal(w.asked_us, 200);
        superseded_destroy(&w.set);
    }
}

/* That nobody is superseded any more is news; that nobody was is none. */
static void
test_nobody(void **state)
{
    struct watch w;

    (void)state;
    begin(&w);
    w.stamp[0] = w.stamp[1] = 0;
    assert_false(ask(&w));
    assert_true(w.f.read);
    w.f.moves++;
    assert_false(ask(&w));
    w.stamp[1] = 200;
    assert_true(ask(&w));
    w.stamp[1] = 0;
    w.f.moves++;
    assert_true(ask(&w));
    assert_int_equal(superseded_size(w.set), 0);
    w.f.moves++;
    assert_false(ask(&w));
    superseded_destroy(&w.set);
}

/* What broke off is read again from where the last whole reading ended. */
static void
test_away(void **state)
{
    struct watch w;

    (void)state;
    begin(&w);
    w.rc = RC_UNAVAIL;
    assert_false(ask(&w));
    assert_false(w.f.read);
    w.rc = RC_OK;
    assert_true(ask(&w));
    w.stamp[0] = 300;
    w.rc = RC_UNAVAIL;
    assert_false(ask(&w));
    w.rc = RC_OK;
    assert_true(ask(&w));
    assert_int_equal(w.asked_us, 200);
    assert_int_equal(superseded_at(w.set, STR("a")), 300);
    superseded_destroy(&w.set);
}

/* An id that no user can have is passed over, and not read again. */
static void
test_not_a_user(void **state)
{
    struct watch w;

    (void)state;
    begin(&w);
    w.user[1] = STR("");
    assert_true(ask(&w));
    assert_int_equal(superseded_size(w.set), 1);
    assert_false(ask(&w));
    assert_int_equal(w.asked_us, 200);
    superseded_destroy(&w.set);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_what_is_new),
        cmocka_unit_test(test_all_anew),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_away),
        cmocka_unit_test(test_not_a_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
