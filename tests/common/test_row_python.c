/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV cells as Python reads them, by position.
 */
#include "common/model/row.h"
#include "tests/support/guarded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define N 3

static const struct {
    struct str line;
    enum row_fault fault;
    float x[N];
} rows[] = {
    {STR("1,,3"), ROW_OK, {1, NAN, 3}},
    {STR(" 1_0 ,nan,+3e0\r"), ROW_OK, {10, NAN, 3}},
    {STR("1\0,2,3\0\0"), ROW_OK, {1, 2, 3}},
    {STR("1,NA,3"), ROW_TEXT, {0}},
    {STR("1,null,3"), ROW_TEXT, {0}},
    {STR("1, ,3"), ROW_TEXT, {0}},
    {STR("1,\0,3"), ROW_TEXT, {0}},
    {STR("1,2,\r"), ROW_TEXT, {0}},
    {STR("1,inf,3"), ROW_INF, {0}},
    {STR("1,2,-1e39"), ROW_INF, {0}},
    {STR("\"1\",2,3"), ROW_QUOTE, {0}},
    {STR("1,2"), ROW_RAGGED, {0}},
    {STR(""), ROW_RAGGED, {0}},
};

static void
expect(const float *want, const float *got)
{
    for (size_t i = 0; i < N; i++) {
        assert_true(isnan(want[i]) ? isnan(got[i]) : want[i] == got[i]);
    }
}

static void
test_cells(void **state)
{
    const struct str name[N] = {STR("a"), STR("b"), STR("c")};
    struct row_spec spec = {.delimiter = ',', .python_cells = true};
    struct schema *schema;
    struct row_plan *plan;
    struct row_where where;
    struct guarded g;
    struct str id;
    struct err e;

    (void)state;
    guarded_init(&g, 256);
    assert_int_equal(schema_create(&schema, name, N, &e), RC_OK);
    spec.schema = schema;
    assert_int_equal(row_plan_create(&plan, &spec, STR("1,2,3"), &e), RC_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char scratch[64];
        float x[N];

        assert_int_equal(row_parse_csv(plan, guarded_copy(&g, rows[i].line),
                                       scratch, &id, x, &where),
                         rows[i].fault);
        if (rows[i].fault == ROW_OK) {
            expect(rows[i].x, x);
        }
    }
    row_plan_destroy(&plan);
    schema_destroy(&schema);
    guarded_fini(&g);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
