/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/report.h"

#include "tests/support/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct spent spent = {
    .ns = {[SPENT_PARSE] = 1500000000, [SPENT_WRITE] = 500000000}};

static const struct report whole = {
    .table = "churn",
    .generation = 7,
    .live = true,
    .read = 10,
    .written = 6,
    .rejected = 1,
    .duplicate = 2,
    .skipped = 1,
    .buckets = 4,
    .estimate = {.buckets = 4,
                 .bytes = 4000000,
                 .model_bytes = 100,
                 .write_s = 0.25},
    .bytes = 5000000,
    .model_bytes = 200,
    .spent = &spent,
    .rejected_path = "bad \"rows\".csv",
    .model = "binary:logistic",
    .scorer = "forest",
    .begin_ns = 1000000000,
    .scored_ns = 1500000000,
    .written_ns = 1750000000,
    .end_ns = 2000000000,
};

static void
json_carries_the_contract(void **state)
{
    struct capture c;

    (void)state;
    capture_begin(&c, STDOUT_FILENO);
    report_print(&whole, true);
    capture_end(&c);
    assert_string_equal(
        c.text, "{\"table\":\"churn\",\"generation\":7,\"live\":true,"
                "\"read\":10,\"written\":6,\"rejected\":1,\"duplicate\":2,"
                "\"skipped\":1,\"features\":0,\"buckets\":4,"
                "\"rejected_file\":\"bad \\\"rows\\\".csv\","
                "\"estimate\":{\"bytes\":4000000,\"model_bytes\":100,"
                "\"feature_bytes\":0,\"hash_tables\":0,"
                "\"write_seconds\":0.250},"
                "\"measured\":{\"bytes\":5000000,\"model_bytes\":200},"
                "\"seconds\":1.000,"
                "\"score_seconds\":0.500,\"write_seconds\":0.250,"
                "\"stages\":{\"parse\":{\"seconds\":1.500,\"share\":0.750},"
                "\"write\":{\"seconds\":0.500,\"share\":0.250}}}\n");
}

static void
text_says_the_identity_and_what_next(void **state)
{
    struct report ready = whole;
    struct capture c;

    (void)state;
    capture_begin(&c, STDOUT_FILENO);
    report_print(&whole, false);
    capture_end(&c);
    assert_non_null(strstr(c.text, "generation 7 of 'churn' is live\n"));
    assert_non_null(strstr(c.text, "10 read = 6 written + 1 rejected + "
                                   "2 duplicate + 1 skipped\n"));
    assert_non_null(strstr(c.text, "bad \"rows\".csv"));
    assert_non_null(strstr(c.text, "4.0 MB estimated, 5.0 MB measured, in 4 "));
    assert_non_null(strstr(c.text, "parse 1.50 s (75 %), write 0.50 s (25 %)"));
    ready.live = false;
    capture_begin(&c, STDOUT_FILENO);
    report_print(&ready, false);
    capture_end(&c);
    assert_non_null(strstr(c.text, "batchgen publish 7 --table churn\n"));
}

static void
a_dry_run_says_so(void **state)
{
    struct report dry = whole;
    struct capture c;

    (void)state;
    dry.dry = true;
    dry.generation = 0;
    dry.bytes = 0;
    capture_begin(&c, STDOUT_FILENO);
    report_print(&dry, false);
    capture_end(&c);
    assert_non_null(strstr(c.text, "dry run for 'churn': nothing was written"));
    assert_non_null(strstr(c.text, "4.0 MB estimated, in 4 buckets"));
    assert_null(strstr(c.text, "feature rows"));
    capture_begin(&c, STDOUT_FILENO);
    report_print(&dry, true);
    capture_end(&c);
    assert_non_null(strstr(c.text, "\"dry_run\":true"));
    assert_null(strstr(c.text, "\"generation\""));
    assert_null(strstr(c.text, "\"measured\""));
}

static void
only_what_is_too_long_is_warned_of(void **state)
{
    struct capture c;

    (void)state;
    capture_begin(&c, STDERR_FILENO);
    report_listpack(64, 64, 64);
    capture_end(&c);
    assert_string_equal(c.text, "");
    capture_begin(&c, STDERR_FILENO);
    report_listpack(64, 8, 65);
    capture_end(&c);
    assert_non_null(strstr(c.text, "records of 65 bytes"));
    assert_non_null(strstr(c.text, "CONFIG SET hash-max-listpack-value 65"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_carries_the_contract),
        cmocka_unit_test(text_says_the_identity_and_what_next),
        cmocka_unit_test(a_dry_run_says_so),
        cmocka_unit_test(only_what_is_too_long_is_warned_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
