/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis.h"
#include "lookup/store/store_redis_window.h"
#include "tests/lookup/redis_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HGET_U "*3\r\n$4\r\nHGET\r\n$1\r\nk\r\n$1\r\nu\r\n"

/* What one read was answered. */
struct seen {
    unsigned n; /* how often */
    struct store_reply reply;
    char bytes[64];
    struct store *again; /* read from here once more when answered */
    enum rc rc;          /* ... what came of it */
};

static void on_done(void *arg, const struct store_reply *reply);

static enum rc
ask(struct store *s, struct str field, uint64_t ms, struct seen *seen)
{
    const struct store_read r = {
        .key = STR("k"),
        .field = field,
        .deadline_ns = redis_clock.now_ns + ms * MS,
        .done = on_done,
        .arg = seen,
    };

    return store_read(s, &r);
}

static void
on_done(void *arg, const struct store_reply *reply)
{
    struct seen *seen = arg;

    seen->n++;
    seen->reply = *reply;
    if (reply->kind == STORE_BYTES && reply->rc == RC_OK) {
        assert_true(reply->bytes.len <= sizeof(seen->bytes));
        memcpy(seen->bytes, reply->bytes.p, reply->bytes.len);
    }
    if (seen->again != NULL) {
        seen->rc = ask(seen->again, STR("u"), 50, seen);
    }
}

static void
await(struct redis_fixture *f, const struct seen *seen, unsigned n)
{
    while (seen->n < n) {
        fixture_turn(f);
    }
    assert_int_equal(seen->n, n);
}

/* --------------------------------------------------------------- replies */

static void
test_replies_in_order(void **state)
{
    struct redis_fixture f;
    struct seen seen[5] = {{0}};

    (void)state;
    fixture_up(&f);
    for (size_t i = 0; i < 5; i++) {
        struct str field = i == 1 ? (struct str){NULL, 0} : STR("a\0b");

        assert_int_equal(ask(f.store, field, 50, &seen[i]), RC_OK);
    }
    fixture_turn(&f);
    fixture_say(&f, "$3\r\nx\r\n\r\n:1\r\n$-1\r\n-ERR wrong\r\n$0\r\n\r\n");
    await(&f, &seen[4], 1);
    assert_int_equal(seen[0].reply.kind, STORE_BYTES);
    assert_int_equal(seen[0].reply.bytes.len, 3);
    assert_memory_equal(seen[0].bytes, "x\r\n", 3);
    assert_int_equal(seen[1].reply.kind, STORE_INTEGER);
    assert_int_equal(seen[1].reply.integer, 1);
    assert_int_equal(seen[2].reply.kind, STORE_NIL);
    assert_int_equal(seen[3].reply.rc, RC_UNAVAIL);
    assert_int_equal(seen[4].reply.kind, STORE_BYTES);
    assert_int_equal(seen[4].reply.bytes.len, 0);
    assert_int_equal(counter_get(&f.store->stats.commands), 5);
    assert_int_equal(counter_get(&f.store->stats.errors), 1);
    fixture_fini(&f);
}

static void
test_what_is_sent(void **state)
{
    struct redis_fixture f;
    struct seen seen = {0};

    (void)state;
    fixture_up(&f);
    assert_int_equal(ask(f.store, STR("u"), 50, &seen), RC_OK);
    assert_int_equal(ask(f.store, (struct str){NULL, 0}, 50, &seen), RC_OK);
    fixture_hear(&f, HGET_U "*2\r\n$6\r\nEXISTS\r\n$1\r\nk\r\n");
    assert_int_equal(seen.n, 0);
    fixture_fini(&f);
    assert_int_equal(seen.n, 2);
    assert_int_equal(seen.reply.rc, RC_UNAVAIL);
}

/* ------------------------------------------------------------- deadlines */

static void
test_late_reply_is_dropped(void **state)
{
    struct redis_fixture f;
    struct seen late = {0}, good = {0};

    (void)state;
    fixture_up(&f);
    assert_int_equal(ask(f.store, STR("u"), 10, &late), RC_OK);
    assert_int_equal(ask(f.store, STR("u"), 50, &good), RC_OK);
    redis_clock.now_ns += 10 * MS;
    await(&f, &late, 1);
    assert_int_equal(late.reply.rc, RC_TIMEOUT);
    assert_int_equal(good.n, 0);
    fixture_say(&f, "$4\r\nlate\r\n$4\r\ngood\r\n");
    await(&f, &good, 1);
    assert_memory_equal(good.bytes, "good", 4);
    assert_int_equal(late.n, 1);
    assert_int_equal(counter_get(&f.store->stats.timeouts), 1);
    assert_int_equal(counter_get(&f.store->stats.connects), 1);
    fixture_fini(&f);
}

/* A deadline that was missed before Redis was asked says nothing of Redis. */
static void
test_late_on_arrival(void **state)
{
    struct redis_fixture f;
    struct seen seen = {0};

    (void)state;
    fixture_up(&f);
    assert_int_equal(ask(f.store, STR("u"), 0, &seen), RC_TIMEOUT);
    assert_int_equal(counter_get(&f.store->stats.timeouts), 1);
    assert_int_equal(ask(f.store, STR("u"), 50, &seen), RC_OK);
    fixture_fini(&f);
}

static void
test_breaker(void **state)
{
    struct redis_fixture f;
    struct seen seen = {0}, other = {0};

    (void)state;
    fixture_up(&f);
    assert_int_equal(ask(f.store, STR("u"), 10, &seen), RC_OK);
    redis_clock.now_ns += 10 * MS;
    await(&f, &seen, 1);
    assert_int_equal(ask(f.store, STR("u"), 50, &other), RC_UNAVAIL);
    redis_clock.now_ns += 99 * MS;
    assert_int_equal(ask(f.store, STR("u"), 50, &other), RC_UNAVAIL);
    redis_clock.now_ns += 1 * MS;
    assert_int_equal(ask(f.store, STR("u"), 50, &seen), RC_OK);
    assert_int_equal(ask(f.store, STR("u"), 50, &other), RC_UNAVAIL);
    assert_int_equal(counter_get(&f.store->stats.shed), 3);

    /* A late reply opens nothing, the probe's own does. */
    fixture_say(&f, "$1\r\na\r\n");
    for (int i = 0; i < 3; i++) {
        fixture_turn(&f);
    }
    assert_int_equal(ask(f.store, STR("u"), 50, &other), RC_UNAVAIL);
    fixture_say(&f, "$1\r\nb\r\n");
    await(&f, &seen, 2);
    assert_int_equal(ask(f.store, STR("u"), 50, &other), RC_OK);
    fixture_fini(&f);
}

/* A caller's impatience says nothing of Redis; its own silence does. */
static void
test_impatient_reads(void **state)
{
    struct redis_fixture f;
    struct seen hasty = {0}, other = {0};

    (void)state;
    fixture_up(&f);
    store_set_patience(f.store, 50 * MS);
    assert_int_equal(ask(f.store, STR("u"), 1, &hasty), RC_OK);
    redis_clock.now_ns += 1 * MS;
    await(&f, &hasty, 1);
    assert_int_equal(hasty.reply.rc, RC_TIMEOUT);
    assert_int_equal(ask(f.store, STR("u"), 49, &other), RC_OK);
    redis_clock.now_ns += 49 * MS;
    await(&f, &other, 1);
    assert_int_equal(ask(f.store, STR("u"), 1, &other), RC_UNAVAIL);

    /* The probe is hasty too: an answer, late for it, is an answer. */
    redis_clock.now_ns += 100 * MS;
    assert_int_equal(ask(f.store, STR("u"), 1, &hasty), RC_OK);
    redis_clock.now_ns += 2 * MS;
    await(&f, &hasty, 2);
    assert_int_equal(ask(f.store, STR("u"), 1, &other), RC_UNAVAIL);
    fixture_say(&f, "$-1\r\n$-1\r\n$-1\r\n");
    while (ask(f.store, STR("u"), 1, &other) != RC_OK) {
        fixture_turn(&f);
    }
    fixture_fini(&f);
}

static void
test_probe_that_fails(void **state)
{
    struct redis_fixture f;
    struct seen seen = {0};

    (void)state;
    fixture_up(&f);
    assert_int_equal(ask(f.store, STR("u"), 10, &seen), RC_OK);
    for (unsigned i = 1; i < 4; i++) {
        redis_clock.now_ns += 10 * MS;
        await(&f, &seen, i);
        redis_clock.now_ns += 100 * MS;
        assert_int_equal(ask(f.store, STR("u"), 10, &seen), RC_OK);
        assert_int_equal(ask(f.store, STR("u"), 10, &seen), RC_UNAVAIL);
    }
    assert_int_equal(counter_get(&f.store->stats.timeouts), 3);
    fixture_fini(&f);
}

static void
test_reads_are_limited(void **state)
{
    struct redis_fixture f;
    struct seen seen = {0};

    (void)state;
    fixture_up(&f);
    for (int i = 0; i < STORE_READS_MAX; i++) {
        assert_int_equal(ask(f.store, STR("u"), 50, &seen), RC_OK);
    }
    assert_int_equal(ask(f.store, STR("u"), 50, &seen), RC_FULL);
    /* One that was given up keeps its place until its reply has come. */
    redis_clock.now_ns += 50 * MS;
    await(&f, &seen, STORE_READS_MAX);
    assert_int_equal(ask(f.store, STR("u"), 50, &seen), RC_FULL);
    fixture_say(&f, "$-1\r\n");
    redis_clock.now_ns += 100 * MS;
    while (ask(f.store, STR("u"), 50, &seen) == RC_FULL) {
        fixture_turn(&f);
    }
    assert_int_equal(counter_get(&f.store->stats.commands),
                     STORE_READS_MAX + 1);
    fixture_fini(&f);
    assert_int_equal(seen.n, STORE_READS_MAX + 1);
}

/* A callback may read on, whatever it was told. */
static void
test_reads_from_within(void **state)
{
    struct redis_fixture f;
    struct seen seen = {0};

    (void)state;
    fixture_up(&f);
    seen.again = f.store;
    assert_int_equal(ask(f.store, STR("u"), 50, &seen), RC_OK);
    fixture_hear(&f, HGET_U);
    fixture_say(&f, "$-1\r\n");
    await(&f, &seen, 1);
    assert_int_equal(seen.rc, RC_OK);
    redis_clock.now_ns += 50 * MS;
    await(&f, &seen, 2);
    assert_int_equal(seen.rc, RC_UNAVAIL); /* the breaker is open */
    fixture_fini(&f);
    assert_int_equal(seen.n, 2);
}

/* ------------------------------------------------------------ connections */

static void
test_connection_breaks(void **state)
{
    struct redis_fixture f;
    struct seen seen[2] = {{0}};

    (void)state;
    fixture_up(&f);
    seen[0].again = f.store;
    assert_int_equal(ask(f.store, STR("u"), 50, &seen[0]), RC_OK);
    assert_int_equal(ask(f.store, STR("u"), 50, &seen[1]), RC_OK);
    fixture_hear(&f, HGET_U HGET_U);
    close(f.peer);
    await(&f, &seen[1], 1);
    assert_int_equal(seen[0].n, 1);
    assert_int_equal(seen[0].reply.rc, RC_UNAVAIL);
    assert_int_equal(seen[0].rc, RC_UNAVAIL);
    assert_int_equal(ask(f.store, STR("u"), 50, &seen[1]), RC_UNAVAIL);
    fixture_accept(&f);
    fixture_hear(&f, PING);
    fixture_say(&f, PONG);
    fixture_until(&f, &f.store->stats.connects, 2);
    assert_int_equal(ask(f.store, STR("u"), 50, &seen[1]), RC_OK);
    fixture_say(&f, "$-1\r\n");
    await(&f, &seen[1], 2);
    fixture_fini(&f);
}

/* An answer to nothing, as one that is no Redis may give. */
static void
test_reply_without_a_question(void **state)
{
    struct redis_fixture f;

    (void)state;
    fixture_up(&f);
    fixture_say(&f, ":1\r\n:2\r\n");
    fixture_expect_close(&f);
    fixture_accept(&f);
    fixture_hear(&f, PING);
    fixture_fini(&f);
}

static void
test_silence_ends_a_connection(void **state)
{
    struct redis_fixture f;
    struct seen seen = {0};

    (void)state;
    fixture_up(&f);
    redis_clock.now_ns += 2 * STORE_SILENCE_NS; /* nobody asked: no silence */
    assert_int_equal(ask(f.store, STR("u"), 10, &seen), RC_OK);
    redis_clock.now_ns += STORE_SILENCE_NS;
    await(&f, &seen, 1);
    assert_int_equal(counter_get(&f.store->stats.connects), 1);
    redis_clock.now_ns += 1;
    fixture_expect_close(&f);
    fixture_accept(&f);
    fixture_hear(&f, PING);
    fixture_say(&f, PONG);
    fixture_until(&f, &f.store->stats.connects, 2);
    assert_int_equal(seen.n, 1);
    /* A new connection owes nothing. */
    assert_int_equal(ask(f.store, STR("u"), 10, &seen), RC_OK);
    fixture_fini(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replies_in_order),
        cmocka_unit_test(test_what_is_sent),
        cmocka_unit_test(test_late_reply_is_dropped),
        cmocka_unit_test(test_late_on_arrival),
        cmocka_unit_test(test_breaker),
        cmocka_unit_test(test_impatient_reads),
        cmocka_unit_test(test_probe_that_fails),
        cmocka_unit_test(test_reads_are_limited),
        cmocka_unit_test(test_reads_from_within),
        cmocka_unit_test(test_connection_breaks),
        cmocka_unit_test(test_reply_without_a_question),
        cmocka_unit_test(test_silence_ends_a_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
