/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct schema *
schema_of(const char *a, const char *b)
{
    const struct str name[] = {str_of(a), str_of(b)};
    struct schema *s;

    assert_int_equal(schema_create(&s, name, 2, NULL), RC_OK);
    return s;
}

static void
test_is_header(void **state)
{
    struct schema *words = schema_of("age", "n");
    struct schema *numbers = schema_of("0", "1");

    (void)state;
    assert_true(row_is_header(STR("id,age,n"), ',', words));
    assert_true(row_is_header(STR("7,age,9"), ',', words));
    assert_true(row_is_header(STR("who;what"), ';', words));
    assert_true(row_is_header(STR("\"a\"\"b\",c\r"), ',', NULL));
    assert_true(row_is_header(STR("1,0"), ',', numbers));
    assert_false(row_is_header(STR("1,2"), ',', numbers));
    assert_false(row_is_header(STR("u1,2"), ',', words));
    assert_false(row_is_header(STR("1.5,oops"), ',', NULL));
    assert_false(row_is_header(STR(",nan"), ',', NULL));
    assert_false(row_is_header(STR("1e99"), ',', words));
    schema_destroy(&words);
    schema_destroy(&numbers);
}

static enum row_fault
parse(const struct row_spec *spec, const char *first, const char *line,
      struct str *id, float *x)
{
    struct row_plan *p;
    struct row_where where;
    char scratch[64], text[256];
    enum row_fault fault;

    assert_int_equal(row_plan_create(&p, spec, str_of(first), NULL), RC_OK);
    fault = row_parse(p, str_of(line), scratch, id, x, &where);
    row_fault_text(p, fault, &where, text, sizeof(text));
    row_plan_destroy(&p);
    return fault;
}

static void
test_by_position(void **state)
{
    struct schema *s = schema_of("a", "b");
    struct row_spec spec = {.schema = s, .delimiter = ','};
    struct row_plan *p;
    struct err e = {""};
    struct str id;
    float x[2];

    (void)state;
    assert_int_equal(parse(&spec, "1,2", "3,", &id, x), ROW_OK);
    assert_true(x[0] == 3 && isnan(x[1]) && id.len == 0);
    assert_int_equal(parse(&spec, "1", "5", &id, x), ROW_OK);
    assert_true(x[0] == 5 && isnan(x[1]));
    assert_int_equal(parse(&spec, "1,2", "5", &id, x), ROW_RAGGED);
    assert_int_equal(parse(&spec, "1,2", "5,x", &id, x), ROW_TEXT);
    assert_int_equal(row_plan_create(&p, &spec, STR("1,2,3"), &e), RC_REFUSED);
    spec.id_column = "1";
    assert_int_equal(parse(&spec, "1,u,2", "3,\"v\",4", &id, x), ROW_OK);
    assert_true(x[0] == 3 && x[1] == 4 && str_eq(id, STR("v")));
    spec.id_column = "3";
    assert_int_equal(row_plan_create(&p, &spec, STR("1,2,3"), &e), RC_REFUSED);
    spec.id_column = NULL;
    spec.need_id = true;
    assert_int_equal(row_plan_create(&p, &spec, STR("1,2"), &e), RC_REFUSED);
    schema_destroy(&s);
}

static void
test_by_name_without_id(void **state)
{
    struct schema *s = schema_of("a", "b");
    struct row_spec spec = {.schema = s, .delimiter = ',', .header = true};
    struct row_plan *p;
    struct err e = {""};
    struct str id;
    float x[2];

    (void)state;
    assert_int_equal(parse(&spec, "b,a", "1,2", &id, x), ROW_OK);
    assert_true(x[0] == 2 && x[1] == 1 && id.len == 0);
    assert_int_equal(parse(&spec, "b,id,a", "1,7,2", &id, x), ROW_OK);
    assert_true(str_eq(id, STR("7")));
    assert_int_equal(row_plan_create(&p, &spec, STR("b,c,a"), &e), RC_REFUSED);
    spec.ignore_extra = true;
    assert_int_equal(parse(&spec, "b,c,a", "1,x,2", &id, x), ROW_OK);
    assert_true(x[0] == 2 && x[1] == 1);
    schema_destroy(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_header),
        cmocka_unit_test(test_by_position),
        cmocka_unit_test(test_by_name_without_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
