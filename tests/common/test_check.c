/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/check.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What a child prints to stderr, and how it ends, when cond is false. */
static int
fail_in_child(char *text, size_t cap)
{
    int fd[2];
    int status;
    ssize_t n;
    pid_t pid;

    assert_int_equal(pipe(fd), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(fd[1], STDERR_FILENO);
        CHECK(1 + 1 == 3);
        _exit(0);
    }
    close(fd[1]);
    n = read(fd[0], text, cap - 1);
    text[n > 0 ? n : 0] = '\0';
    close(fd[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void
test_a_failed_check_says_where_and_aborts(void **state)
{
    char text[256];
    int status = fail_in_child(text, sizeof(text));

    (void)state;
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_non_null(strstr(text, "test_check.c:"));
    assert_non_null(strstr(text, "1 + 1 == 3"));
}

static void
test_a_true_check_does_nothing(void **state)
{
    (void)state;
    CHECK(1 + 1 == 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_failed_check_says_where_and_aborts),
        cmocka_unit_test(test_a_true_check_does_nothing),
    };

    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
