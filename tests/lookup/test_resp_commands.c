/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which words are commands here.
 */
#include "tests/lookup/resp_bench.h"

/* What Redis knows, and what nobody does. */
static void
test_not_for_us(void **state)
{
    static const char *const cases[][2] = {
        {"GET", "-ERR wrong number of arguments for 'get' command\r\n"},
        {"FOO a", "-ERR unknown command 'FOO', with args beginning with: "
                  "'a' \r\n"},
        {"set a b",
         "-READONLY You can't write against a read only server.\r\n"},
    };
    struct resp_bench *b = *state;

    resp_bench_begin(b);
    resp_bench_check(b, cases, sizeof(cases) / sizeof(cases[0]));
    resp_bench_end(b, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_for_us),
    };

    return cmocka_run_group_tests(tests, resp_bench_set_up, ladder_tear_down);
}
