/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define MIB ((size_t)1 << 20)

/* What is written stays, wherever the block begins and ends. */
static void
test_content_stays(void **state)
{
    const size_t from[] = {0, 1, 2 * MIB - 1, 2 * MIB};
    const size_t len[] = {0, 1, 2 * MIB, 4 * MIB + 1, 13 * MIB};
    uint32_t *all = malloc(16 * MIB);

    (void)state;
    assert_non_null(all);
    for (size_t i = 0; i < 4 * MIB; i++) {
        all[i] = (uint32_t)i * 2654435761u;
    }
    for (size_t i = 0; i < 20; i++) {
        size_t done = 0, calls = 1;

        while (!pages_enlarge((char *)all + from[i / 5], len[i % 5], &done)) {
            calls++;
        }
        assert_true(done <= len[i % 5] && calls <= 1 + len[i % 5] / MIB);
    }
    for (size_t i = 0; i < 4 * MIB; i++) {
        assert_int_equal(all[i], (uint32_t)i * 2654435761u);
    }
    free(all);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
