/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row.h"

#include "tests/support/named_csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct schema *
abc_schema(void)
{
    const struct str name[] = {STR("a"), STR("b"), STR("c")};
    struct schema *s;
    struct err e;

    assert_int_equal(schema_create(&s, name, 3, &e), RC_OK);
    return s;
}

static void
refused_header(const char *header, const char *id, const char *text)
{
    struct schema *s = abc_schema();
    struct row_plan *p = NULL;
    struct err e = {""};

    assert_int_equal(row_plan_create(&p, NAMED_CSV(s, id), str_of(header), &e),
                     RC_REFUSED);
    assert_string_equal(e.text, text);
    assert_null(p);
    schema_destroy(&s);
}

static void
test_refused_headers(void **state)
{
    (void)state;
    refused_header("id,b", NULL,
                   "2 features of the model are not in the header: 'a', 'c'");
    refused_header("id,a,b,c,d", NULL,
                   "1 columns of the header are not features of the model: "
                   "'d'");
    refused_header("id,a,b,C", NULL,
                   "1 features of the model are not in the header: 'c'; "
                   "1 columns of the header are not features of the model: "
                   "'C'");
    refused_header("a,b,c", NULL,
                   "the header has no column user_id or id that is not a "
                   "feature; say which one holds the ids");
    refused_header("id,a,b,c", "who",
                   "the header has no column 'who' to take the ids from");
    refused_header("id,a,b,a,c", NULL, "the header names 'a' twice");
    refused_header("id,a,,c", NULL, "column 3 of the header has no name");
    refused_header("id,\"a,b,c", NULL,
                   "column 2 of the header has a quote that is not closed, or "
                   "text behind it");
}

/* A message stays readable when a thousand names are missing. */
static void
test_long_listing(void **state)
{
    struct str name[1000];
    static char text[1000][8];
    struct schema *s;
    struct row_plan *p = NULL;
    struct err e;

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        snprintf(text[i], sizeof(text[i]), "f%zu", i);
        name[i] = str_of(text[i]);
    }
    assert_int_equal(schema_create(&s, name, 1000, &e), RC_OK);
    assert_int_equal(row_plan_create(&p, NAMED_CSV(s, NULL), STR("id,x"), &e),
                     RC_REFUSED);
    assert_non_null(strstr(e.text, "1000 features of the model"));
    assert_non_null(strstr(e.text, " more; 1 columns of the header are not "
                                   "features of the model: 'x'"));
    schema_destroy(&s);
}

static void
test_schema_from_header(void **state)
{
    struct row_spec spec = *NAMED_CSV(NULL, NULL);
    struct schema *s;
    struct err e;

    (void)state;
    spec.delimiter = ';';
    assert_int_equal(
        row_schema_from_header(&s, STR("x;user_id;\"y;z\"\r"), &spec, &e),
        RC_OK);
    assert_int_equal(schema_size(s), 2);
    assert_true(str_eq(schema_name(s, 0), STR("x")));
    assert_true(str_eq(schema_name(s, 1), STR("y;z")));
    schema_destroy(&s);
    assert_int_equal(row_schema_from_header(&s, STR("user_id"), &spec, &e),
                     RC_REFUSED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_headers),
        cmocka_unit_test(test_long_listing),
        cmocka_unit_test(test_schema_from_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
