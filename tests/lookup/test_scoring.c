/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scoring threads, with rows whose scoring lasts until the test lets it
 * end, and a mailbox that is one list.
 */
#include "lookup/core/scoring.h"

#include "common/base/check.h"
#include "common/base/clock.h"
#include "common/base/queue.h"
#include "lookup/store/mailbox.h"

#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ROW_NS  10000000000ull /* estimated, so that no machine is too slow */
#define WAIT_NS (60 * 1000000000ull)

static sem_t begun, may_end;
static struct queue *done;

uint64_t
generation_score_ns(const struct generation *g)
{
    (void)g;
    return ROW_NS;
}

enum rc
generation_score(const struct generation *g, const float *x, size_t nrow,
                 struct prediction *out)
{
    (void)g, (void)x, (void)nrow, (void)out;
    CHECK(sem_post(&begun) == 0);
    CHECK(sem_wait(&may_end) == 0);
    return RC_OK;
}

enum rc
mailbox_post(struct mailbox *m, void *message)
{
    (void)m;
    return queue_push(done, message);
}

static struct scoring *
begin(size_t nthread)
{
    struct scoring *s;
    struct err e;

    CHECK(sem_init(&begun, 0, 0) == 0 && sem_init(&may_end, 0, 0) == 0);
    done = queue_create(16);
    CHECK(done != NULL);
    assert_int_equal(scoring_create(&s, nthread, &e), RC_OK);
    return s;
}

static void
end(struct scoring *s)
{
    scoring_destroy(&s);
    queue_destroy(&done);
    sem_destroy(&begun);
    sem_destroy(&may_end);
}

static struct scoring_job
job_within(uint64_t ns)
{
    return (struct scoring_job){.nrow = 1, .deadline_ns = clock_mono_ns() + ns};
}

static struct scoring_job *
wait_done(void)
{
    struct scoring_job *job = queue_pop_until(done, clock_mono_ns() + WAIT_NS);

    assert_non_null(job);
    return job;
}

static void
test_scored_and_given_back(void **state)
{
    struct scoring *s = begin(1);
    struct scoring_job job = job_within(2 * ROW_NS);

    (void)state;
    assert_int_equal(scoring_submit(s, &job), RC_OK);
    CHECK(sem_post(&may_end) == 0);
    assert_ptr_equal(wait_done(), &job);
    assert_int_equal(job.rc, RC_OK);
    end(s);
}

/* Those that wait count double: the estimate is of a machine at rest. */
static void
test_what_would_come_too_late_is_not_taken(void **state)
{
    struct scoring *s = begin(1);
    struct scoring_job first = job_within(3 * ROW_NS);
    struct scoring_job alone = job_within(ROW_NS - 1);
    struct scoring_job late = job_within(5 * ROW_NS / 2);
    struct scoring_job early = job_within(4 * ROW_NS);

    (void)state;
    assert_int_equal(scoring_submit(s, &alone), RC_TIMEOUT);
    assert_int_equal(scoring_submit(s, &first), RC_OK);
    CHECK(sem_wait(&begun) == 0);
    assert_int_equal(scoring_submit(s, &late), RC_TIMEOUT);
    assert_int_equal(scoring_submit(s, &early), RC_OK);
    CHECK(sem_post(&may_end) == 0);
    assert_ptr_equal(wait_done(), &first);
    CHECK(sem_post(&may_end) == 0);
    assert_ptr_equal(wait_done(), &early);
    late = job_within(5 * ROW_NS / 2);
    assert_int_equal(scoring_submit(s, &late), RC_OK);
    CHECK(sem_post(&may_end) == 0);
    assert_ptr_equal(wait_done(), &late);
    end(s);
}

static void
test_more_threads_wait_less(void **state)
{
    struct scoring *s = begin(2);
    struct scoring_job first = job_within(3 * ROW_NS);
    struct scoring_job second = job_within(5 * ROW_NS / 2);

    (void)state;
    assert_int_equal(scoring_submit(s, &first), RC_OK);
    assert_int_equal(scoring_submit(s, &second), RC_OK);
    for (int i = 0; i < 2; i++) {
        CHECK(sem_post(&may_end) == 0);
        wait_done();
    }
    end(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scored_and_given_back),
        cmocka_unit_test(test_what_would_come_too_late_is_not_taken),
        cmocka_unit_test(test_more_threads_wait_less),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
