/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/redis_error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
says(const char *reply, enum rc rc, const char *what)
{
    struct err e = {""};

    assert_int_equal(redis_error(str_of(reply), "/redis.sock", &e), rc);
    assert_non_null(strstr(e.text, "/redis.sock"));
    assert_non_null(strstr(e.text, what));
}

static void
known_errors_say_what_to_do(void **state)
{
    (void)state;
    says("NOAUTH Authentication required.", RC_UNAVAIL, "--redis-password");
    says("WRONGPASS invalid username-password pair", RC_UNAVAIL, "password");
    says("LOADING Redis is loading", RC_UNAVAIL, "try again");
    says("READONLY You can't write", RC_UNAVAIL, "primary");
    says("OOM command not allowed", RC_UNAVAIL, "maxmemory");
    says("NOPERM this user", RC_UNAVAIL, "user");
    says("ERR The user executing the script can't run this command or "
         "subcommand script: 0e4c, on @user_script:12.",
         RC_UNAVAIL, "a command the batch needs (NOPERM)");
    says("MOVED 3999 127.0.0.1:6381", RC_UNAVAIL, "cluster");
    says("MISCONF Redis is configured", RC_UNAVAIL, "disk");
}

static void
others_are_quoted(void **state)
{
    (void)state;
    says("WRONGTYPE Operation against a key", RC_FAILED, "WRONGTYPE Operation");
    says("", RC_FAILED, "Redis at");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_errors_say_what_to_do),
        cmocka_unit_test(others_are_quoted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
