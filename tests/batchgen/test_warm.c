/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/warm.h"

#include "common/base/clock.h"
#include "tests/batchgen/fake_redis.h"
#include "tests/support/capture.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define UID    "00000000000000aa"
#define OTHER  "00000000000000bb"
#define SECOND UINT64_C(1000000000)

/* A server's entry, written so long ago. */
static void
entry(char out[128], const char *name, uint64_t age_s, const char *uids)
{
    snprintf(out, 128, "%s|%" PRIu64 "%s%s", name,
             clock_wall_us() - age_s * 1000000, uids[0] == '\0' ? "" : " ",
             uids);
}

/* *said: what was warned of. */
static enum rc
wait_for(struct redis *r, uint64_t limit_ns, const struct stop *stop,
         struct capture *said)
{
    struct table t = {.redis = r, .prefix = "p", .name = "t"};
    struct err e;
    enum rc rc;

    capture_begin(said, STDERR_FILENO);
    rc = warm_wait(&t, UID, limit_ns, stop, &e);
    capture_end(said);
    return rc;
}

static void
test_who_is_ready_or_gone_is_not_waited_for(void **state)
{
    char ready[128], gone[128], both[300];
    struct fake_answer answers[] = {{"HGETALL p::servers\n", both}};
    struct stop stop = {0};
    struct capture said;
    struct redis r;

    (void)state;
    entry(ready, "a", 1, OTHER " " UID);
    entry(gone, "b", 6, OTHER);
    snprintf(both, sizeof(both), "%s|%s|c|not a time", ready, gone);
    FAKE_REDIS(&r, answers);
    assert_int_equal(wait_for(&r, SECOND, &stop, &said), RC_OK);
    assert_int_equal(fake_redis_count(&r, "HGETALL"), 1);
    assert_string_equal(said.text, "");
    fake_redis_fini(&r);
}

static void
test_a_server_is_waited_for_until_it_has_loaded(void **state)
{
    char not_yet[128], then[128];
    struct fake_answer answers[] = {
        {"HGETALL", not_yet}, {"HGETALL", not_yet}, {"HGETALL", then}};
    struct stop stop = {0};
    struct capture said;
    struct redis r;

    (void)state;
    entry(not_yet, "a", 1, "");
    entry(then, "a", 0, UID);
    FAKE_REDIS(&r, answers);
    assert_int_equal(wait_for(&r, 60 * SECOND, &stop, &said), RC_OK);
    assert_int_equal(fake_redis_count(&r, "HGETALL"), 3);
    assert_string_equal(said.text, "");
    fake_redis_fini(&r);
}

/* It will load it after the commit: that is said, and is no failure. */
static void
test_but_no_longer_than_asked(void **state)
{
    char never[128];
    struct fake_answer answers[] = {{"HGETALL", never}};
    struct stop stop = {0};
    struct capture said;
    struct redis r;

    (void)state;
    entry(never, "host:1", 0, OTHER);
    FAKE_REDIS(&r, answers);
    assert_int_equal(wait_for(&r, 0, &stop, &said), RC_OK);
    assert_int_equal(fake_redis_count(&r, "HGETALL"), 1);
    assert_non_null(strstr(said.text, "1 servers (host:1) have not loaded"));
    stop_ask(&stop, STOP_LEASE);
    assert_int_not_equal(wait_for(&r, 60 * SECOND, &stop, &said), RC_OK);
    assert_string_equal(said.text, "");
    r.lost = true;
    assert_int_equal(wait_for(&r, 0, &stop, &said), RC_UNAVAIL);
    fake_redis_fini(&r);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_ready_or_gone_is_not_waited_for),
        cmocka_unit_test(test_a_server_is_waited_for_until_it_has_loaded),
        cmocka_unit_test(test_but_no_longer_than_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
