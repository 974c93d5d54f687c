/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/sink_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct sink_line_how
plain(void)
{
    return (struct sink_line_how){.output_format = "csv",
                                  .format = "plain",
                                  .join = "none",
                                  .output_columns = "prediction",
                                  .content_type = "csv"};
}

static void
options_become_what_stands_there(void **state)
{
    struct sink_line_how how = plain();
    struct sink_line line;

    (void)state;
    assert_int_equal(sink_line_init(&line, &how, NULL), RC_OK);
    assert_true(line.prediction && line.cells);
    assert_false(line.id || line.input || line.json || line.objects);
    how.join = "input";
    how.content_type = "jsonl";
    how.output_format = "jsonl";
    how.output_columns = " prediction , id";
    assert_int_equal(sink_line_init(&line, &how, NULL), RC_OK);
    assert_true(line.id && line.input && line.json && line.objects);
    assert_false(line.cells);
}

static void
what_does_not_go_together_is_refused(void **state)
{
    struct sink_line_how how = plain();
    struct sink_line line;
    struct err e;

    (void)state;
    how.output_columns = "id,score";
    assert_int_equal(sink_line_init(&line, &how, &e), RC_INVAL);
    assert_non_null(strstr(e.text, "'score'"));
    how = plain();
    how.format = "sagemaker";
    assert_int_equal(sink_line_init(&line, &how, &e), RC_OK);
    how.output_format = "jsonl";
    assert_int_equal(sink_line_init(&line, &how, &e), RC_INVAL);
    assert_non_null(strstr(e.text, "--format sagemaker"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_become_what_stands_there),
        cmocka_unit_test(what_does_not_go_together_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
