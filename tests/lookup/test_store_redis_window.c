/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis_window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct store_reply good = {.rc = RC_OK};
static const struct store_reply late = {.rc = RC_TIMEOUT};

struct seen {
    unsigned n;
    enum rc rc;
    struct redis_window *window; /* to push into once more when answered */
};

static void on_done(void *arg, const struct store_reply *reply);

static struct redis_read
read_of(struct seen *seen)
{
    return (struct redis_read){.done = on_done, .arg = seen};
}

static void
on_done(void *arg, const struct store_reply *reply)
{
    struct seen *seen = arg;

    seen->n++;
    seen->rc = reply->rc;
    if (seen->window != NULL) {
        const struct redis_read again = read_of(seen);

        redis_window_push(seen->window, &again);
    }
}

static struct redis_read *
push(struct redis_window *w, struct seen *seen)
{
    const struct redis_read like = read_of(seen);

    return redis_window_push(w, &like);
}

static int
make_window(void **state)
{
    struct redis_window *w = malloc(sizeof(*w));

    if (w == NULL) {
        return -1;
    }
    redis_window_init(w);
    *state = w;
    return 0;
}

static int
free_window(void **state)
{
    free(*state);
    return 0;
}

static void
test_finished_in_the_order_of_sending(void **state)
{
    struct redis_window *w = *state;
    struct seen seen[3] = {{0}};

    for (size_t i = 0; i < 3; i++) {
        push(w, &seen[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(seen[i].n, 0);
        redis_window_finish(w, &good);
        assert_int_equal(seen[i].n, 1);
        assert_int_equal(seen[i].rc, RC_OK);
    }
    assert_null(w->head);
}

/* Whoever was answered keeps its place, and is told nothing more. */
static void
test_answered_before_its_reply(void **state)
{
    struct redis_window *w = *state;
    struct seen first = {0}, second = {0};

    redis_read_answer(push(w, &first), &late);
    push(w, &second);
    assert_int_equal(first.rc, RC_TIMEOUT);
    redis_read_answer(w->head, &good);
    redis_window_finish(w, &good);
    assert_int_equal(first.n, 1);
    assert_int_equal(first.rc, RC_TIMEOUT);
    assert_int_equal(second.n, 0);
    redis_window_finish(w, &good);
    assert_int_equal(second.n, 1);
}

static void
test_sharers_are_answered_together(void **state)
{
    struct redis_window *w = *state;
    struct seen seen[3] = {{0}}, next = {0};
    struct redis_read *sent = push(w, &seen[0]);

    push(w, &next);
    for (size_t i = 1; i < 3; i++) {
        const struct redis_read like = read_of(&seen[i]);

        redis_window_share(w, sent, &like);
    }
    redis_window_finish(w, &good);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(seen[i].n, 1);
    }
    assert_int_equal(next.n, 0);
    redis_window_finish(w, &good);
    assert_null(w->head);
}

/* All the room there is, sharers counted, and given back whole. */
static void
test_room(void **state)
{
    struct redis_window *w = *state;
    struct seen seen = {0};
    const struct redis_read like = read_of(&seen);

    for (int round = 0; round < 2; round++) {
        struct redis_read *sent = push(w, &seen);

        for (int i = 1; i < STORE_READS_MAX; i++) {
            assert_false(redis_window_is_full(w));
            if (i % 2 == 0) {
                redis_window_share(w, sent, &like);
            } else {
                push(w, &seen);
            }
        }
        assert_true(redis_window_is_full(w));
        while (w->head != NULL) {
            redis_window_finish(w, &good);
            assert_false(redis_window_is_full(w));
        }
    }
    assert_int_equal(seen.n, 2 * STORE_READS_MAX);
}

/* The last one's callback pushes: the new one is head and tail. */
static void
test_pushed_from_within(void **state)
{
    struct redis_window *w = *state;
    struct seen seen = {.window = w}, last = {0};

    push(w, &seen);
    redis_window_finish(w, &good);
    assert_int_equal(seen.n, 1);
    assert_non_null(w->head);
    seen.window = NULL;
    push(w, &last);
    redis_window_finish(w, &good);
    assert_int_equal(seen.n, 2);
    assert_int_equal(last.n, 0);
    redis_window_finish(w, &good);
    assert_int_equal(last.n, 1);
    assert_null(w->head);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_finished_in_the_order_of_sending,
                                        make_window, free_window),
        cmocka_unit_test_setup_teardown(test_answered_before_its_reply,
                                        make_window, free_window),
        cmocka_unit_test_setup_teardown(test_sharers_are_answered_together,
                                        make_window, free_window),
        cmocka_unit_test_setup_teardown(test_room, make_window, free_window),
        cmocka_unit_test_setup_teardown(test_pushed_from_within, make_window,
                                        free_window),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
