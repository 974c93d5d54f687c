/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/sink_json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* One row of two outputs. */
static void
is_line(const struct sink_line *line, struct sink_row row, size_t noutput,
        const char *expected)
{
    static const float y[] = {0.1f, NAN};
    struct sink_rows rows = {.n = 1, .noutput = noutput, .y = y, .row = &row};
    struct buf out;

    buf_init(&out, 1000);
    sink_json_rows(line, &rows, &out);
    buf_char(&out, '\0');
    assert_string_equal(out.p, expected);
    buf_fini(&out);
}

static void
members_are_what_is_asked_for(void **state)
{
    struct sink_line line = {.prediction = true};
    struct sink_row row = {.id = STR("a\"b"), .line = STR("1,\"x\",2")};
    struct sink_row odd = {.id = STR("\xff"), .line = STR("\xfe")};

    (void)state;
    is_line(&line, row, 1, "{\"prediction\":0.1}\n");
    is_line(&line, row, 2, "{\"prediction\":[0.1,null]}\n");
    line.id = true;
    line.input = true;
    is_line(&line, row, 1,
            "{\"id\":\"a\\\"b\",\"input\":\"1,\\\"x\\\",2\","
            "\"prediction\":0.1}\n");
    is_line(&line, odd, 1,
            "{\"id_b64\":\"/w==\",\"input_b64\":\"/g==\","
            "\"prediction\":0.1}\n");
    line.prediction = false;
    line.input = false;
    is_line(&line, row, 1, "{\"id\":\"a\\\"b\"}\n");
    row.bad = true;
    line.prediction = true;
    is_line(&line, row, 2, "{\"id\":\"a\\\"b\",\"prediction\":null}\n");
}

static void
objects_get_a_member_more(void **state)
{
    struct sink_line line = {
        .input = true, .prediction = true, .objects = true};
    static const struct {
        struct str row;
        const char *expected;
    } cases[] = {
        {STR("{}"), "{\"prediction\":0.1}\n"},
        {STR(" {\"a\": 1, \"b\":[1,{\"c\":\"},\\\"\"}]} "),
         "{\"a\": 1, \"b\":[1,{\"c\":\"},\\\"\"}],\"prediction\":0.1}\n"},
        {STR("{\"prediction\":{\"x\":[1,2]},\"a\":\"prediction\"}"),
         "{\"a\":\"prediction\",\"prediction\":0.1}\n"},
        {STR("{\"a\":{\"prediction\":1},\"prediction\" : 2}"),
         "{\"a\":{\"prediction\":1},\"prediction\":0.1}\n"},
        {STR("{\"predictions\":1}"),
         "{\"predictions\":1,\"prediction\":0.1}\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_line(&line, (struct sink_row){.line = cases[i].row}, 1,
                cases[i].expected);
    }
    is_line(&line, (struct sink_row){.line = STR("{oh"), .bad = true}, 1,
            "{\"input\":\"{oh\",\"prediction\":null}\n");
    line.prediction = false;
    is_line(&line, (struct sink_row){.line = STR("{\"a\":1}")}, 1,
            "{\"a\":1}\n");
    is_line(&line, (struct sink_row){.line = STR("{}")}, 1, "{}\n");
}

static void
leaves_are_whole_numbers(void **state)
{
    struct sink_line line = {.prediction = true, .leaves = true};
    static const float y[] = {16777215, 0};
    struct sink_row row = {.line = STR("")};
    struct sink_rows rows = {.n = 1, .noutput = 2, .y = y, .row = &row};
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    sink_json_rows(&line, &rows, &out);
    assert_true(str_eq(buf_view(&out), STR("{\"prediction\":[16777215,0]}\n")));
    buf_fini(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_what_is_asked_for),
        cmocka_unit_test(objects_get_a_member_more),
        cmocka_unit_test(leaves_are_whole_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
