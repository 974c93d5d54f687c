/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/metric.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void
assert_holds(struct buf *b, const char *want)
{
    assert_false(buf_failed(b));
    buf_char(b, '\0');
    assert_string_equal(b->p, want);
    buf_clear(b);
}

static void
test_counters_and_labels(void **state)
{
    const struct metric_label label[] = {{"table", STR("churn")},
                                         {"code", STR("a\"b\\c\nd")}};
    struct buf b;
    counter c = 0;

    (void)state;
    counter_add(&c, 40);
    counter_add(&c, 2);
    buf_init(&b, 10000);
    metric_family(&b, "x_total", "counter", "Back\\slash\nline \"q\"");
    assert_holds(&b, "# HELP x_total Back\\\\slash\\nline \"q\"\n"
                     "# TYPE x_total counter\n");
    metric_sample_u64(&b, "x_total", label, 2, counter_get(&c));
    assert_holds(&b, "x_total{table=\"churn\",code=\"a\\\"b\\\\c\\nd\"} 42\n");
    metric_sample_u64(&b, "x_total", NULL, 0, 7);
    assert_holds(&b, "x_total 7\n");
    buf_fini(&b);
}

static void
test_floats(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 10000);
    metric_sample_f64(&b, "g", NULL, 0, 0.25);
    assert_holds(&b, "g 0.25\n");
    metric_sample_f64(&b, "g", NULL, 0, INFINITY);
    metric_sample_f64(&b, "g", NULL, 0, -INFINITY);
    metric_sample_f64(&b, "g", NULL, 0, NAN);
    assert_holds(&b, "g +Inf\ng -Inf\ng NaN\n");
    buf_fini(&b);
}

static void
test_histograms_are_cumulative_seconds(void **state)
{
    const struct metric_label label = {"table", STR("t")};
    struct hist h = {0};
    struct buf b;

    (void)state;
    hist_record(&h, 9000);
    hist_record(&h, 200000);
    hist_record(&h, UINT64_C(20000000000));
    buf_init(&b, 10000);
    metric_sample_hist(&b, "s", &label, 1, &h);
    buf_char(&b, '\0');
    assert_true(str_starts(str_of(b.p),
                           STR("s_bucket{table=\"t\",le=\"1e-05\"} 1\n"
                               "s_bucket{table=\"t\",le=\"2.5e-05\"} 1\n")));
    assert_non_null(strstr(b.p, "le=\"0.00025\"} 2\n"));
    assert_non_null(strstr(b.p, "le=\"10\"} 2\n"));
    assert_true(
        str_ends(str_of(b.p), STR("s_bucket{table=\"t\",le=\"+Inf\"} 3\n"
                                  "s_sum{table=\"t\"} 20.000209\n"
                                  "s_count{table=\"t\"} 3\n")));
    buf_fini(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counters_and_labels),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_histograms_are_cumulative_seconds),
    };

    return cmocka_run_group_tests_name("metric", tests, NULL, NULL);
}
