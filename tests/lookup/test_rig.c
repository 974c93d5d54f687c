/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A turn of a rig without Redis: when queries are answered, and that it comes
 * back for those that wait.
 */
#include "lookup/rig.h"

#include "lookup/core/batch.h"
#include "lookup/core/lookup_impl.h"
#include "tests/support/ladder.h"

#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PATIENCE_S 5

struct bench {
    struct ladder ladder; /* of which only the answers are used */
    char name[8];
    struct config config;
    struct rig rig;
    struct event_base *base;
    struct conn_options options;
    struct conn_group *conns;
    struct net_stats stats;
};

static struct bench *
begin(const struct lookup_policy *policy)
{
    struct bench *b = calloc(1, sizeof(*b));

    CHECK(b != NULL);
    sample_init(&b->ladder.sample, 1);
    snprintf(b->name, sizeof(b->name), "m");
    b->config.options.model = b->config.options.prefix = b->name;
    b->base = event_base_new();
    b->options = conn_options_default;
    b->conns = conn_group_create(b->base, &b->options, &b->stats);
    const struct rig_setup setup = {
        .config = &b->config,
        .policy = *policy,
        .reload = ladder_on_reload,
        .reload_arg = &b->ladder,
    };

    assert_int_equal(rig_init(&b->rig, b->base, &setup), RC_OK);
    b->ladder.lookup = b->rig.lookup;
    ladder_publish(&b->ladder, 1, LADDER_SEQ);
    b->ladder.live->storeless = true;
    return b;
}

static void
end(struct bench *b)
{
    rig_quiet(&b->rig);
    assert_null(b->rig.store);
    conn_group_destroy(&b->conns);
    net_stats_fini(&b->stats);
    assert_int_equal(b->ladder.answered, b->ladder.begun);
    rig_fini(&b->rig);
    assert_null(b->rig.lookup);
    event_base_free(b->base);
    sample_fini(&b->ladder.sample);
    free(b);
}

/* Does the loop come back by itself? */
static bool
comes_back(struct bench *b)
{
    const struct timeval patience = {PATIENCE_S, 0};

    assert_int_equal(event_base_loopexit(b->base, &patience), 0);
    assert_int_equal(event_base_loop(b->base, EVLOOP_ONCE), 0);
    return !event_base_got_exit(b->base);
}

/* What was started is answered by the turn, all of it. */
static void
test_started(void **state)
{
    struct bench *b = begin(&(struct lookup_policy){0});

    (void)state;
    for (int i = 0; i < 3; i++) {
        lookup_start(ladder_query(&b->ladder));
    }
    assert_int_equal(b->ladder.answered, 0);
    rig_turn(&b->rig, b->conns, false);
    assert_int_equal(b->ladder.answered, 3);
    assert_int_equal(b->ladder.last.code, ANSWER_UNKNOWN_USER);
    assert_false(evtimer_pending(b->rig.parked, NULL));
    end(b);
}

static void
test_again(void **state)
{
    struct bench *b = begin(&(struct lookup_policy){0});

    (void)state;
    rig_turn(&b->rig, b->conns, true);
    assert_true(comes_back(b));
    rig_turn(&b->rig, b->conns, false);
    assert_false(evtimer_pending(b->rig.parked, NULL));
    end(b);
}

/* A query that waits for the loader: it comes back until that is late. */
static void
test_parked(void **state)
{
    struct bench *b = begin(&(struct lookup_policy){0});
    struct query *q = ladder_query(&b->ladder);

    (void)state;
    q->deadline_ns = UINT64_MAX - 1;
    lookup_retry(q);
    assert_int_equal(b->ladder.reloads, 1);
    rig_turn(&b->rig, b->conns, false);
    assert_true(comes_back(b));
    assert_int_equal(b->ladder.answered, 0);
    rig_quiet(&b->rig);
    assert_int_equal(b->ladder.answered, 1);
    assert_int_equal(b->ladder.last.code, ANSWER_TABLE_UNAVAILABLE);
    end(b);
}

static void
on_batch(void *arg, const struct batch *batch)
{
    *(size_t *)arg += batch_size(batch);
}

static void
run_batch(struct bench *b, size_t *answered)
{
    const struct batch_setup setup = {.done = on_batch, .arg = answered};
    struct batch *batch = batch_create(b->rig.lookup, &setup, BATCH_MAX);

    for (size_t i = 0; i < BATCH_MAX; i++) {
        assert_int_equal(
            batch_add(batch,
                      tables_find(lookup_tables(b->rig.lookup), STR("t")),
                      STR("u")),
            RC_OK);
    }
    batch_run(batch);
}

/* Large batches are for several turns, which come at once. */
static void
test_batches(void **state)
{
    struct bench *b = begin(&(struct lookup_policy){0});
    size_t answered = 0;

    (void)state;
    for (int i = 0; i < 3; i++) {
        run_batch(b, &answered);
    }
    rig_turn(&b->rig, b->conns, false);
    assert_int_equal(answered, BATCH_MAX);
    assert_true(comes_back(b));
    rig_turn(&b->rig, b->conns, false);
    assert_int_equal(answered, 2 * BATCH_MAX);
    rig_quiet(&b->rig);
    assert_int_equal(answered, 3 * BATCH_MAX);
    end(b);
}

static void
test_policy(void **state)
{
    struct lookup_policy policy = {.timeout_ns = 7};
    struct bench *b = begin(&policy);

    (void)state;
    assert_int_equal(lookup_policy(b->rig.lookup)->timeout_ns, 7);
    assert_int_equal(b->rig.store->patience_ns, 7);
    policy.timeout_ns = 9;
    policy.default_on_unknown = true;
    rig_set_policy(&b->rig, &policy);
    assert_int_equal(b->rig.store->patience_ns, 9);
    lookup_start(ladder_query(&b->ladder));
    rig_turn(&b->rig, b->conns, false);
    assert_int_equal(b->ladder.last.outcome, OUTCOME_DEFAULT);
    end(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_started), cmocka_unit_test(test_again),
        cmocka_unit_test(test_parked),  cmocka_unit_test(test_batches),
        cmocka_unit_test(test_policy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
