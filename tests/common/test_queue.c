/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/clock.h"
#include "common/base/queue.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NS_PER_MS 1000000u

static void
test_first_in_first_out_and_full(void **state)
{
    struct queue *q = queue_create(2);
    int a, b, c;

    (void)state;
    assert_null(queue_try_pop(q));
    assert_int_equal(queue_try_push(q, &a), RC_OK);
    assert_int_equal(queue_push(q, &b), RC_OK);
    assert_int_equal(queue_try_push(q, &c), RC_FULL);
    assert_ptr_equal(queue_pop(q), &a);
    assert_int_equal(queue_push(q, &c), RC_OK);
    assert_ptr_equal(queue_try_pop(q), &b);
    assert_ptr_equal(queue_pop(q), &c);
    queue_destroy(&q);
    assert_null(q);
    queue_destroy(&q);
}

static void
test_close_drains_then_says_null(void **state)
{
    struct queue *q = queue_create(4);
    int a;

    (void)state;
    assert_int_equal(queue_push(q, &a), RC_OK);
    queue_close(q);
    assert_int_equal(queue_push(q, &a), RC_CONFLICT);
    assert_int_equal(queue_try_push(q, &a), RC_CONFLICT);
    assert_ptr_equal(queue_pop(q), &a);
    assert_null(queue_pop(q));
    assert_null(queue_pop_until(q, clock_mono_ns() + 1000 * NS_PER_MS));
    queue_destroy(&q);
}

static void
test_pop_until_comes_back_at_the_deadline(void **state)
{
    struct queue *q = queue_create(1);
    uint64_t deadline = clock_mono_ns() + 5 * NS_PER_MS;
    int a;

    (void)state;
    assert_null(queue_pop_until(q, deadline));
    assert_true(clock_mono_ns() >= deadline);
    assert_int_equal(queue_push(q, &a), RC_OK);
    assert_ptr_equal(queue_pop_until(q, 0), &a);
    queue_destroy(&q);
}

#define NPUSH 20000u

static void *
push_many(void *arg)
{
    for (uintptr_t i = 1; i <= NPUSH; i++) {
        if (queue_push(arg, (void *)i) != RC_OK) {
            return NULL;
        }
    }
    return arg;
}

static void *
sum_all(void *arg)
{
    uintptr_t sum = 0;
    void *thing;

    while ((thing = queue_pop(arg)) != NULL) {
        sum += (uintptr_t)thing;
    }
    return (void *)sum;
}

static void
test_threads_lose_and_double_nothing(void **state)
{
    struct queue *q = queue_create(3);
    pthread_t giver[2];
    pthread_t taker[2];
    void *ended;
    uintptr_t sum = 0;

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&giver[i], NULL, push_many, q), 0);
        assert_int_equal(pthread_create(&taker[i], NULL, sum_all, q), 0);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(giver[i], &ended), 0);
        assert_ptr_equal(ended, q);
    }
    queue_close(q);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(taker[i], &ended), 0);
        sum += (uintptr_t)ended;
    }
    assert_int_equal(sum, (uintptr_t)NPUSH * (NPUSH + 1));
    queue_destroy(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_in_first_out_and_full),
        cmocka_unit_test(test_close_drains_then_says_null),
        cmocka_unit_test(test_pop_until_comes_back_at_the_deadline),
        cmocka_unit_test(test_threads_lose_and_double_nothing),
    };

    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
