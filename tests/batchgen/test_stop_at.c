/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/stop_at.h"

#include "common/base/check.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A child that comes to `step`: how waitpid() finds it first. */
static int
status_at(const char *wanted, const char *step)
{
    pid_t child;
    int status;

    if (wanted == NULL) {
        assert_int_equal(unsetenv("LOOKUP_TEST_STOP_AT"), 0);
    } else {
        assert_int_equal(setenv("LOOKUP_TEST_STOP_AT", wanted, 1), 0);
    }
    child = fork();
    if (child == 0) {
        stop_at(step);
        _exit(7);
    }
    assert_int_equal(waitpid(child, &status, WUNTRACED), child);
    if (WIFSTOPPED(status)) {
        int after;

        assert_int_equal(kill(child, SIGCONT), 0);
        assert_int_equal(waitpid(child, &after, 0), child);
        assert_true(WIFEXITED(after) && WEXITSTATUS(after) == 7);
    }
    return status;
}

static void
test_only_the_step_named_stops(void **state)
{
    int status = status_at("write", "write");

    (void)state;
    assert_true(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
    assert_true(WIFEXITED(status_at("write", "begin")));
    assert_true(WIFEXITED(status_at("writer", "write")));
    assert_true(WIFEXITED(status_at("", "write")));
    assert_true(WIFEXITED(status_at(NULL, "write")));
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_the_step_named_stops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
