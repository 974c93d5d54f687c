/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row.h"

#include "tests/support/guarded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define N 3

struct bench {
    struct schema *schema;
    struct row_plan *plan;
    struct guarded page;
    char scratch[4096];
    float x[N];
    struct str id;
    char text[256];
};

static void
set_up(struct bench *b, struct row_spec spec)
{
    const struct str name[N] = {STR("a"), STR("\xc3\xa9"), STR("c")};

    assert_int_equal(schema_create(&b->schema, name, N, NULL), RC_OK);
    spec.format = ROW_JSONL;
    spec.schema = b->schema;
    assert_int_equal(row_plan_create(&b->plan, &spec, STR(""), NULL), RC_OK);
    guarded_init(&b->page, 4096);
}

static void
tear_down(struct bench *b)
{
    row_plan_destroy(&b->plan);
    schema_destroy(&b->schema);
    guarded_fini(&b->page);
}

static enum row_fault
parse(struct bench *b, struct str line)
{
    struct row_where where;
    enum row_fault fault = row_parse(b->plan, guarded_copy(&b->page, line),
                                     b->scratch, &b->id, b->x, &where);

    row_fault_text(b->plan, fault, &where, b->text, sizeof(b->text));
    return fault;
}

static void
test_rows(void **state)
{
    static const char *const same[] = {
        "{\"user_id\":\"u1\",\"a\":0.5,\"\xc3\xa9\":-2e1,\"c\":null}",
        " { \"c\" : NaN , \"a\" : 5e-1 , \"user_id\" : \"u1\" , "
        "\"\\u00e9\" : -20 }\t",
        "{\"features\":{\"a\":0.5,\"\\u00E9\":-20.0,\"c\":null},"
        "\"user_id\":\"\\u00751\"}",
        "{\"user_id\":\"u1\",\"features\":[0.5,-20,null],\"id\":9}",
        "{\"id\":9,\"user_id\":\"u1\",\"features\":[ 0.5 , -20 , NaN ]}",
    };
    struct bench b;

    (void)state;
    set_up(&b, (struct row_spec){.need_id = true});
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        if (parse(&b, str_of(same[i])) != ROW_OK) {
            fail_msg("%s: %s", same[i], b.text);
        }
        assert_true(str_eq(b.id, STR("u1")));
        assert_true(b.x[0] == 0.5f && b.x[1] == -20.0f && isnan(b.x[2]));
    }
    tear_down(&b);
}

static void
test_ids(void **state)
{
    struct bench b;

    (void)state;
    set_up(&b, (struct row_spec){.need_id = true, .id_column = "who"});
    assert_int_equal(parse(&b, STR("{\"who\":-17,\"features\":[1,2,3]}")),
                     ROW_OK);
    assert_true(str_eq(b.id, STR("-17")));
    assert_int_equal(
        parse(&b, STR("{\"who\":\"\\ud83d\\ude00\\n\",\"features\":[1,2,3]}")),
        ROW_OK);
    assert_true(str_eq(b.id, STR("\xf0\x9f\x98\x80\n")));
    assert_int_equal(parse(&b, STR("{\"features\":[1,2,3]}")), ROW_NO_ID);
    assert_int_equal(parse(&b, STR("{\"who\":\"\",\"features\":[1,2,3]}")),
                     ROW_NO_ID);
    assert_int_equal(parse(&b, STR("{\"who\":1.5,\"features\":[1,2,3]}")),
                     ROW_BAD_ID);
    assert_int_equal(parse(&b, STR("{\"who\":true,\"features\":[1,2,3]}")),
                     ROW_BAD_ID);
    assert_int_equal(
        parse(&b, STR("{\"who\":\"a\",\"who\":\"b\",\"features\":[1,2,3]}")),
        ROW_TWICE);
    tear_down(&b);
    set_up(&b, (struct row_spec){0});
    assert_int_equal(parse(&b, STR("{\"features\":[1,2,3]}")), ROW_OK);
    assert_int_equal(b.id.len, 0);
    tear_down(&b);
}

static void
test_faults(void **state)
{
    static const struct {
        const char *line;
        enum row_fault fault;
        const char *text;
    } bad[] = {
        {"", ROW_JSON, "this is not JSON: ''"},
        {"[1,2,3]", ROW_JSON, "this is not JSON: '[1,2,3]'"},
        {"{\"a\":1,}", ROW_JSON, "this is not JSON: '}'"},
        {"{\"a\":01}", ROW_JSON, "this is not JSON: '01}'"},
        {"{\"a\":+1}", ROW_JSON, "this is not JSON: '+1}'"},
        {"{\"a\":1.}", ROW_JSON, "this is not JSON: '1.}'"},
        {"{\"a\":.5}", ROW_JSON, "this is not JSON: '.5}'"},
        {"{\"a\" 1}", ROW_JSON, "this is not JSON: '1'"},
        {"{\"a\":1}x", ROW_JSON, "this is not JSON: 'x'"},
        {"{\"a\":\"\\x\"}", ROW_JSON, "this is not JSON: '\"\\x\"}'"},
        {"{\"a\":\"\\ud800\"}", ROW_JSON, "this is not JSON: '\"\\ud800\"}'"},
        {"{\"a\":1,\"a\":1}", ROW_TWICE, "feature 'a': it is there twice"},
        {"{\"a\":\"1\"}", ROW_TEXT, "feature 'a': '1' is not a number"},
        {"{\"a\":true}", ROW_TEXT, "feature 'a': 'true' is not a number"},
        {"{\"a\":{}}", ROW_TEXT, "feature 'a': '{' is not a number"},
        {"{\"a\":1e39}", ROW_INF,
         "feature 'a': '1e39' is infinite or too large for float32"},
        {"{\"a\":-Infinity}", ROW_INF,
         "feature 'a': '-Infinity' is infinite or too large for float32"},
        {"{\"b\":1}", ROW_UNKNOWN,
         "feature 'b': the model has no such feature"},
        {"{\"features\":{\"features\":[1,2,3]}}", ROW_UNKNOWN,
         "feature 'features': the model has no such feature"},
        {"{\"a\":1,\"c\":2}", ROW_ABSENT,
         "feature '\xc3\xa9': it is not there; say null where it is missing"},
        {"{\"features\":[1,2]}", ROW_RAGGED,
         "\"features\" has 2 values, the model 3 features"},
        {"{\"features\":[1,2,3,4]}", ROW_RAGGED,
         "\"features\" has 4 values, the model 3 features"},
        {"{\"features\":[]}", ROW_RAGGED,
         "\"features\" has 0 values, the model 3 features"},
        {"{\"features\":[1,2,]}", ROW_JSON, "this is not JSON: ']}'"},
    };
    struct bench b;

    (void)state;
    set_up(&b, (struct row_spec){0});
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(parse(&b, str_of(bad[i].line)), bad[i].fault);
        assert_string_equal(b.text, bad[i].text);
    }
    tear_down(&b);
}

static void
test_ignore_extra(void **state)
{
    struct bench b;

    (void)state;
    set_up(&b, (struct row_spec){.ignore_extra = true});
    assert_int_equal(
        parse(&b, STR("{\"x\":{\"a\":[1,\"}\",{}]},\"y\":\"z\",\"z\":[],"
                      "\"features\":{\"a\":1,\"\xc3\xa9\":2,\"c\":3,"
                      "\"w\":true}}")),
        ROW_OK);
    assert_true(b.x[0] == 1 && b.x[2] == 3);
    assert_int_equal(parse(&b, STR("{\"x\":[1}")), ROW_JSON);
    assert_int_equal(parse(&b, STR("{\"x\":}")), ROW_JSON);
    tear_down(&b);
}

/* Every beginning of a row is refused, and none is read past its end. */
static void
test_cut(void **state)
{
    static const struct str line =
        STR("{\"user_id\":\"\\u0041\\ud83d\\ude00\",\"x\":[{\"\\\"\":1}],"
            "\"features\":{\"a\":-1.5e+3,\"\xc3\xa9\":null,\"c\":NaN}}");
    struct bench b;

    (void)state;
    set_up(&b, (struct row_spec){.ignore_extra = true});
    for (size_t n = 0; n < line.len; n++) {
        assert_int_not_equal(parse(&b, (struct str){line.p, n}), ROW_OK);
    }
    assert_int_equal(parse(&b, line), ROW_OK);
    assert_true(str_eq(b.id, STR("A\xf0\x9f\x98\x80")));
    tear_down(&b);
}

static void
test_items(void **state)
{
    static const struct {
        const char *line;
        enum row_fault fault;
    } row[] = {
        {"{\"sku\":7,\"features\":[1,2,3],\"id\":\"u\"}", ROW_OK},
        {"{\"id\":\"u\",\"sku\":\"7\",\"features\":[1,2,3]}", ROW_OK},
        {"{\"id\":\"u\",\"features\":[1,2,3]}", ROW_NO_ID},
        {"{\"id\":\"u\",\"sku\":\"\",\"features\":[1,2,3]}", ROW_NO_ID},
        {"{\"id\":\"u\",\"sku\":1.5,\"features\":[1,2,3]}", ROW_BAD_ID},
        {"{\"id\":\"u\",\"sku\":1,\"sku\":2}", ROW_TWICE},
    };
    struct bench b;
    struct str id[2];
    struct row_where where;

    (void)state;
    set_up(&b, (struct row_spec){.need_id = true, .item_column = "sku"});
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct str line = guarded_copy(&b.page, str_of(row[i].line));

        assert_int_equal(row_parse(b.plan, line, b.scratch, id, b.x, &where),
                         row[i].fault);
        if (row[i].fault == ROW_OK) {
            assert_true(str_eq(id[0], STR("u")) && str_eq(id[1], STR("7")));
        }
    }
    tear_down(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),         cmocka_unit_test(test_ids),
        cmocka_unit_test(test_faults),       cmocka_unit_test(test_cut),
        cmocka_unit_test(test_ignore_extra), cmocka_unit_test(test_items),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
