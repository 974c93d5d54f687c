/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/sandbox.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct sandbox_limit limit = {
    .memory_bytes = 64 << 20,
    .cpu_s = 1,
};

static enum rc
do_nothing(void *arg, struct err *e)
{
    (void)arg;
    (void)e;
    return RC_OK;
}

static enum rc
complain(void *arg, struct err *e)
{
    return err_set(e, RC_INVAL, "no %s", (const char *)arg);
}

static enum rc
crash(void *arg, struct err *e)
{
    (void)arg;
    (void)e;
    raise(SIGSEGV);
    return RC_OK;
}

static enum rc
spin(void *arg, struct err *e)
{
    volatile int forever = 1;

    (void)arg;
    (void)e;
    while (forever) {
    }
    return RC_OK;
}

static enum rc
hang(void *arg, struct err *e)
{
    (void)arg;
    (void)e;
    for (;;) {
        pause();
    }
    return RC_OK;
}

static enum rc
eat_memory(void *arg, struct err *e)
{
    /* volatile: clang leaves out a malloc of which nobody sees the bytes */
    void *volatile p = malloc((size_t)256 << 20);

    (void)arg;
    if (p != NULL) {
        memset(p, 1, (size_t)256 << 20);
        free(p);
        return RC_OK;
    }
    return err_set(e, RC_NOMEM, "out of memory");
}

static enum rc
quit(void *arg, struct err *e)
{
    (void)arg;
    (void)e;
    _exit(0);
}

static void
test_answers(void **state)
{
    char thing[] = "such thing";
    struct err e = {""};

    (void)state;
    assert_int_equal(sandbox_run(do_nothing, NULL, limit, &e), RC_OK);
    assert_int_equal(sandbox_run(complain, thing, limit, &e), RC_INVAL);
    assert_string_equal(e.text, "no such thing");
}

static void
ignore(int signal_number)
{
    (void)signal_number;
}

static void
test_deaths(void **state)
{
    struct err e = {""};

    (void)state;
    /* a handler of the program does not save the child */
    signal(SIGSEGV, ignore);
    assert_int_equal(sandbox_run(crash, NULL, limit, &e), RC_REFUSED);
    assert_non_null(strstr(e.text, "crashes on this model (signal 11)"));
    assert_int_equal(sandbox_run(quit, NULL, limit, &e), RC_REFUSED);
    assert_int_equal(sandbox_run(spin, NULL, limit, &e), RC_REFUSED);
    assert_non_null(strstr(e.text, "does not come to an end"));
    assert_int_equal(sandbox_run(hang, NULL, limit, &e), RC_REFUSED);
    assert_non_null(strstr(e.text, "does not come to an end"));
}

static void
test_memory(void **state)
{
    struct err e = {""};
    enum rc rc = sandbox_run(eat_memory, NULL, limit, &e);

    (void)state;
    /* a sanitizer's malloc dies where the C library's returns NULL */
    assert_true(rc == RC_NOMEM || rc == RC_REFUSED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_deaths),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
