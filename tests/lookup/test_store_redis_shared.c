/* SPDX-License-Identifier: Apache-2.0 */
/* Equal reads of one turn that share a command, and who does not. */
#include "lookup/store/store_redis.h"
#include "tests/lookup/redis_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HGET_SEQ "*3\r\n$4\r\nHGET\r\n$1\r\nm\r\n$3\r\nseq\r\n"
#define HGET_BAD "*3\r\n$4\r\nHGET\r\n$1\r\nm\r\n$3\r\nbad\r\n"

struct seen {
    unsigned n;
    enum rc rc;
    char byte; /* the first of the reply */
};

static void
on_done(void *arg, const struct store_reply *reply)
{
    struct seen *seen = arg;

    seen->n++;
    seen->rc = reply->rc;
    if (reply->rc == RC_OK) {
        seen->byte = reply->bytes.p[0];
    }
}

static void
ask(struct redis_fixture *f, struct str field, bool shared, uint64_t ms,
    struct seen *seen)
{
    const struct store_read r = {
        .key = STR("m"),
        .field = field,
        .shared = shared,
        .deadline_ns = redis_clock.now_ns + ms * MS,
        .done = on_done,
        .arg = seen,
    };

    assert_int_equal(store_read(f->store, &r), RC_OK);
}

static void
await(struct redis_fixture *f, const struct seen *seen)
{
    while (seen->n == 0) {
        fixture_turn(f);
    }
}

static void
is_told(const struct seen *seen, char byte)
{
    assert_int_equal(seen->n, 1);
    assert_int_equal(seen->rc, RC_OK);
    assert_int_equal(seen->byte, byte);
}

static void
test_one_command_for_equal_reads(void **state)
{
    struct redis_fixture f;
    struct seen seen[6] = {{0}};

    (void)state;
    fixture_up(&f);
    ask(&f, STR("seq"), true, 50, &seen[0]);
    ask(&f, STR("seq"), false, 50, &seen[1]); /* wants its own */
    ask(&f, STR("seq"), true, 50, &seen[2]);
    ask(&f, STR("bad"), true, 50, &seen[3]);
    ask(&f, STR("bad"), true, 50, &seen[4]);
    ask(&f, STR("seq"), true, 50, &seen[5]); /* another came between */
    fixture_hear(&f, HGET_SEQ HGET_SEQ HGET_BAD HGET_SEQ);
    fixture_say(&f, "$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n");
    await(&f, &seen[5]);
    for (size_t i = 0; i < 6; i++) {
        is_told(&seen[i], "abaccd"[i]);
    }
    assert_int_equal(counter_get(&f.store->stats.commands), 4);
    fixture_fini(&f);
}

/* What was sent may be older than what the next one must know. */
static void
test_not_with_one_that_was_sent(void **state)
{
    struct redis_fixture f;
    struct seen first = {0}, second = {0};

    (void)state;
    fixture_up(&f);
    ask(&f, STR("seq"), true, 50, &first);
    store_flush(f.store);
    ask(&f, STR("seq"), true, 50, &second);
    fixture_hear(&f, HGET_SEQ HGET_SEQ);
    fixture_say(&f, "$1\r\na\r\n$1\r\nb\r\n");
    await(&f, &second);
    is_told(&first, 'a');
    is_told(&second, 'b');
    fixture_fini(&f);
}

static size_t
drain(struct redis_fixture *f)
{
    size_t total = 0;
    ssize_t n;

    while ((n = recv(f->peer, f->heard, sizeof(f->heard), 0)) > 0) {
        total += (size_t)n;
    }
    return total;
}

/* A socket that was full and is not any more has to wait for flush(), too. */
static void
test_nothing_but_flush_writes(void **state)
{
    static char value[1 << 20];
    const struct str words[] = {STR("SET"), STR("k"), {value, sizeof(value)}};
    struct redis_fixture f;
    struct seen set = {0}, first = {0}, second = {0};
    struct store_command c = {.word = words,
                              .nword = 3,
                              .deadline_ns = redis_clock.now_ns + 50 * MS,
                              .done = on_done,
                              .arg = &set};

    (void)state;
    fixture_up(&f);
    assert_int_equal(store_command(f.store, &c), RC_OK);
    store_flush(f.store);
    ask(&f, STR("seq"), true, 50, &first);
    assert_in_range(drain(&f), 1, sizeof(value));
    (void)event_base_loop(f.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    assert_int_equal(drain(&f), 0);
    ask(&f, STR("seq"), true, 50, &second);
    fixture_say(&f, "$1\r\ns\r\n$1\r\na\r\n");
    while (second.n == 0) {
        drain(&f);
        fixture_turn(&f);
    }
    is_told(&first, 'a');
    is_told(&second, 'a');
    fixture_fini(&f);
}

static void
test_each_has_its_deadline(void **state)
{
    struct redis_fixture f;
    struct seen hasty = {0}, calm = {0}, also = {0};

    (void)state;
    fixture_up(&f);
    ask(&f, STR("seq"), true, 50, &calm);
    ask(&f, STR("seq"), true, 10, &hasty);
    ask(&f, STR("seq"), true, 50, &also);
    redis_clock.now_ns += 10 * MS;
    await(&f, &hasty);
    assert_int_equal(hasty.rc, RC_TIMEOUT);
    assert_int_equal(counter_get(&f.store->stats.timeouts), 1);
    fixture_say(&f, "$1\r\na\r\n");
    await(&f, &also);
    is_told(&calm, 'a');
    is_told(&also, 'a');
    assert_int_equal(hasty.n, 1);
    fixture_fini(&f);
}

static void
test_lost_together(void **state)
{
    struct redis_fixture f;
    struct seen seen[2] = {{0}};

    (void)state;
    fixture_up(&f);
    ask(&f, STR("seq"), true, 50, &seen[0]);
    ask(&f, STR("seq"), true, 50, &seen[1]);
    close(f.peer);
    await(&f, &seen[1]);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(seen[i].n, 1);
        assert_int_equal(seen[i].rc, RC_UNAVAIL);
    }
    assert_int_equal(counter_get(&f.store->stats.errors), 1);
    fixture_accept(&f);
    fixture_fini(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_command_for_equal_reads),
        cmocka_unit_test(test_not_with_one_that_was_sent),
        cmocka_unit_test(test_nothing_but_flush_writes),
        cmocka_unit_test(test_each_has_its_deadline),
        cmocka_unit_test(test_lost_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
