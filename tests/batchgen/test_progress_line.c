/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/progress_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct progress_view half = {
    .phase = "score",
    .seconds = 2,
    .rows = 1000,
    .done = 50,
    .size = 100,
    .busiest = "scorers",
};

static void
words_say_rate_and_time_left(void **state)
{
    char out[PROGRESS_LINE_MAX];
    struct progress_view v = half;

    (void)state;
    progress_line(&v, false, out);
    assert_string_equal(out, "score:  50 %, 1000 rows, 500 rows/s, 2 s left, "
                             "busiest: scorers");
    v.rejected = 3;
    v.busiest = NULL;
    v.done = 1;
    progress_line(&v, false, out);
    assert_string_equal(out, "score:   1 %, 1000 rows, 500 rows/s, 3 min "
                             "left, 3 rejected");
    v.seconds = 360;
    v.size = 1000;
    progress_line(&v, false, out);
    assert_string_equal(out, "score:   0 %, 1000 rows, 3 rows/s, 99.9 h left, "
                             "3 rejected");
}

static void
what_is_not_known_is_not_said(void **state)
{
    char out[PROGRESS_LINE_MAX];
    struct progress_view v = {.phase = "score", .seconds = 0.01, .rows = 9};

    (void)state;
    progress_line(&v, false, out);
    assert_string_equal(out, "score: 9 rows, 0 rows/s");
}

static void
a_bar_is_never_more_than_full(void **state)
{
    char out[PROGRESS_LINE_MAX];
    struct progress_view v = half;

    (void)state;
    progress_line(&v, true, out);
    assert_non_null(strstr(out, "score   [############------------]  50 %"));
    v.done = 101;
    progress_line(&v, true, out);
    assert_non_null(strstr(out, "[########################] 100 %"));
    assert_null(strstr(out, "left"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_say_rate_and_time_left),
        cmocka_unit_test(what_is_not_known_is_not_said),
        cmocka_unit_test(a_bar_is_never_more_than_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
