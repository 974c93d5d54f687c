/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/guard.h"

#include "batchgen/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct generation_info
generation(uint64_t rows, uint64_t as_of_us)
{
    return (struct generation_info){.rows = rows, .as_of_us = as_of_us};
}

/* Scores 0, 1 ... 1,999 plus shift. */
static void
add_stats(struct generation_info *g, float shift)
{
    float value[2000];
    struct stats s;
    struct buf json;

    for (int i = 0; i < 2000; i++) {
        value[i] = (float)i + shift;
    }
    assert_int_equal(stats_of(&s, value, 2000), RC_OK);
    buf_init(&json, 1 << 16);
    stats_to_json(&s, &json);
    g->score_stats = str_dup(buf_view(&json));
    buf_fini(&json);
}

static void
breach(const struct generation_info *live, const struct generation_info *next,
       const char *says)
{
    struct err e = {""};

    assert_int_equal(guard_check(live, next, &e), RC_GUARD);
    assert_non_null(strstr(e.text, says));
}

static void
fine(const struct generation_info *live, const struct generation_info *next)
{
    assert_int_equal(guard_check(live, next, NULL), RC_OK);
}

static void
rows_and_coverage(void **state)
{
    struct generation_info none = generation(0, 5), one = generation(1, 5);
    struct generation_info live = generation(1000, 5);
    struct generation_info less = generation(900, 5);
    struct generation_info least = generation(899, 5);

    (void)state;
    breach(NULL, &none, "rows");
    fine(NULL, &one);
    fine(&none, &one);
    fine(&live, &live);
    fine(&live, &less);
    breach(&live, &least, "89.9 %");
    breach(&live, &none, "rows: there are none; coverage");
}

static void
age(void **state)
{
    struct generation_info live = generation(10, 1000000);
    struct generation_info older = generation(10, 999999);

    (void)state;
    fine(&older, &live);
    breach(&live, &older, "1970-01-01T00:00:00.999999Z");
}

static void
shift(void **state)
{
    struct generation_info live = generation(2000, 5);
    struct generation_info near = generation(2000, 5);
    struct generation_info far = generation(2000, 5);
    struct generation_info few = generation(2000, 5);

    (void)state;
    add_stats(&live, 0);
    add_stats(&near, 20);
    add_stats(&far, 1000);
    add_stats(&few, 1000);
    fine(&live, &near);
    breach(&live, &far, "PSI");
    live.rows = few.rows = 999; /* too few to tell */
    fine(&live, &few);
    generation_info_fini(&live);
    generation_info_fini(&near);
    generation_info_fini(&far);
    generation_info_fini(&few);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_coverage),
        cmocka_unit_test(age),
        cmocka_unit_test(shift),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
