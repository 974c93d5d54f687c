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

#define N 4

struct bench {
    struct schema *schema;
    struct row_plan *plan;
    struct guarded page;
    float x[N];
    struct str id;
    char text[256];
};

static void
set_up(struct bench *b, struct row_spec spec)
{
    const struct str name[N] = {STR("a"), STR("b"), STR("c"), STR("d")};

    assert_int_equal(schema_create(&b->schema, name, N, NULL), RC_OK);
    spec.format = ROW_LIBSVM;
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
parse(struct bench *b, const char *line)
{
    struct row_where where;
    enum row_fault fault =
        row_parse(b->plan, guarded_copy(&b->page, str_of(line)), NULL, &b->id,
                  b->x, &where);

    row_fault_text(b->plan, fault, &where, b->text, sizeof(b->text));
    return fault;
}

static bool
is_missing(float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof(bits));
    return bits == 0x7fc00000;
}

static void
test_rows(void **state)
{
    struct bench b;

    (void)state;
    set_up(&b, (struct row_spec){0});
    assert_int_equal(parse(&b, "1 0:0.5 3:-2e1"), ROW_OK);
    assert_true(b.x[0] == 0.5f && is_missing(b.x[1]) && is_missing(b.x[2]) &&
                b.x[3] == -20.0f);
    assert_int_equal(b.id.len, 0);
    assert_int_equal(parse(&b, "-1.5\tqid:7  3:1 0:0 2:nan # 1:9 note"),
                     ROW_OK);
    assert_true(b.x[0] == 0 && is_missing(b.x[1]) && is_missing(b.x[2]) &&
                b.x[3] == 1);
    assert_int_equal(parse(&b, "0"), ROW_OK);
    assert_true(is_missing(b.x[0]) && is_missing(b.x[3]));
    tear_down(&b);
}

static void
test_base_one(void **state)
{
    struct bench b;

    (void)state;
    set_up(&b, (struct row_spec){.base = 1});
    assert_int_equal(parse(&b, "0 1:5 4:6"), ROW_OK);
    assert_true(b.x[0] == 5 && b.x[3] == 6);
    assert_int_equal(parse(&b, "0 0:5"), ROW_INDEX);
    assert_int_equal(parse(&b, "0 5:5"), ROW_INDEX);
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
        {"0 1:x", ROW_TEXT, "feature '1': 'x' is not a number"},
        {"0 1:1e39", ROW_INF,
         "feature '1': '1e39' is infinite or too large for float32"},
        {"0 1:-inf", ROW_INF,
         "feature '1': '-inf' is infinite or too large for float32"},
        {"0 4:1", ROW_INDEX,
         "feature '4': the model has no feature of this index: '4:1' (see "
         "--libsvm-base)"},
        {"0 99999999999999999999:1", ROW_TOKEN,
         "'99999999999999999999:1' is not index:value"},
        {"0 -1:1", ROW_TOKEN, "'-1:1' is not index:value"},
        {"0 1:", ROW_TOKEN, "'1:' is not index:value"},
        {"0 1", ROW_TOKEN, "'1' is not index:value"},
        {"0 1:1 1:1", ROW_TWICE, "feature '1': it is there twice"},
        {"1:0.2 2:1", ROW_WEIGHT,
         "the row begins with '1:0.2', a feature or a label with its weight: "
         "say --libsvm-label none or weight"},
    };
    struct bench b;

    (void)state;
    set_up(&b, (struct row_spec){0});
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(parse(&b, bad[i].line), bad[i].fault);
        assert_string_equal(b.text, bad[i].text);
    }
    tear_down(&b);
}

static void
test_labels(void **state)
{
    struct bench b;

    (void)state;
    set_up(&b, (struct row_spec){.label = ROW_LABEL_WEIGHT});
    assert_int_equal(parse(&b, "1:0.2 2:1"), ROW_OK);
    assert_true(is_missing(b.x[1]) && b.x[2] == 1);
    tear_down(&b);
    set_up(&b, (struct row_spec){.label = ROW_LABEL_NONE});
    assert_int_equal(parse(&b, "1:0.2 2:1"), ROW_OK);
    assert_true(b.x[1] == 0.2f && b.x[2] == 1);
    tear_down(&b);
    set_up(&b, (struct row_spec){.need_id = true});
    assert_int_equal(parse(&b, "user:7 2:1"), ROW_OK);
    assert_true(str_eq(b.id, STR("user:7")) && b.x[2] == 1);
    assert_int_equal(parse(&b, " # nobody"), ROW_NO_ID);
    tear_down(&b);
}

/* A row cut anywhere is read within its bytes: t token, x text, else fine. */
static void
test_cut(void **state)
{
    static const char line[] = "1 qid:3 0:0.25 1:-7e-3 3:123456789 # end";
    static const char ends[] = "...ttt...tt.....ttx.xx..tt...............";
    struct bench b;

    (void)state;
    set_up(&b, (struct row_spec){0});
    for (size_t n = 0; n < sizeof(line); n++) {
        char cut[sizeof(line)] = "";

        memcpy(cut, line, n);
        assert_int_equal(parse(&b, cut), ends[n] == 't'   ? ROW_TOKEN
                                         : ends[n] == 'x' ? ROW_TEXT
                                                          : ROW_OK);
    }
    tear_down(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),   cmocka_unit_test(test_base_one),
        cmocka_unit_test(test_faults), cmocka_unit_test(test_labels),
        cmocka_unit_test(test_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
