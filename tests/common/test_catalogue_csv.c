/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/catalogue.h"

#include "tests/support/folder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct reading {
    struct folder folder;
    struct schema *model; /* age, price, weight */
    struct schema *features;
    struct catalogue *catalogue;
    struct err e;
};

static int
set_up(void **state)
{
    static const struct str name[] = {STR("age"), STR("price"), STR("weight")};
    struct reading *r = calloc(1, sizeof(*r));

    assert_non_null(r);
    folder_init(&r->folder);
    assert_int_equal(schema_create(&r->model, name, 3, NULL), RC_OK);
    *state = r;
    return 0;
}

static int
tear_down(void **state)
{
    struct reading *r = *state;

    catalogue_destroy(&r->catalogue);
    schema_destroy(&r->features);
    schema_destroy(&r->model);
    folder_fini(&r->folder);
    free(r);
    return 0;
}

static enum rc
read_as(struct reading *r, const char *content, const char *id_column)
{
    char *path = folder_file(&r->folder, "items.csv", str_of(content));
    enum rc rc;

    catalogue_destroy(&r->catalogue);
    schema_destroy(&r->features);
    rc = catalogue_read_csv(&r->catalogue, path, id_column, r->model,
                            &r->features, &r->e);
    free(path);
    return rc;
}

static void
columns_in_the_models_order(void **state)
{
    struct reading *r = *state;

    assert_int_equal(
        read_as(r, "weight,item_id,price\n1,a,\n2,\"b,\"\"c\",3\n", NULL),
        RC_OK);
    assert_int_equal(schema_size(r->features), 2);
    assert_true(str_eq(schema_name(r->features, 0), STR("price")));
    assert_int_equal(catalogue_size(r->catalogue), 2);
    assert_true(str_eq(catalogue_id(r->catalogue, 1), STR("b,\"c")));
    assert_true(isnan(catalogue_column(r->catalogue, 0)[0]));
    assert_true(catalogue_column(r->catalogue, 0)[1] == 3);
    assert_true(catalogue_column(r->catalogue, 1)[0] == 1);
}

static void
which_column_is_the_id(void **state)
{
    struct reading *r = *state;

    assert_int_equal(read_as(r, "id,price\nx,1\n", NULL), RC_OK);
    assert_true(str_eq(catalogue_id(r->catalogue, 0), STR("x")));
    assert_int_equal(read_as(r, "sku,price\r\ny,1\r\n\r\n", "sku"), RC_OK);
    assert_true(str_eq(catalogue_id(r->catalogue, 0), STR("y")));
    assert_int_equal(catalogue_size(r->catalogue), 1);
    assert_int_equal(read_as(r, "item_id,price\nz,1", NULL), RC_OK);
    assert_true(str_eq(catalogue_id(r->catalogue, 0), STR("z")));
}

static void
what_is_refused(void **state)
{
    static const struct {
        const char *content, *said;
    } bad[] = {
        {"", ""},
        {"item_id,price\n", "no item"},
        {"sku,price\na,1\n", "'id'"},
        {"item_id\na\n", "feature"},
        {"item_id,colour\na,1\n", "feature"},
        {"item_id,price,colour\na,1,2\n", "colour"},
        {"item_id,price\na,1\na,2\n", "'a' is there twice"},
        {"item_id,price\na,1\nb,2,3\n", "items.csv:3: "},
        {"item_id,price\na,cheap\n", "'cheap' is not a number"},
        {"item_id,price\n,1\n", "id is empty"},
        {"item_id,price\n\"a,1\n", "quote"},
    };
    struct reading *r = *state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        r->e.text[0] = '\0';
        assert_int_equal(read_as(r, bad[i].content, NULL), RC_REFUSED);
        if (strstr(r->e.text, bad[i].said) == NULL) {
            fail_msg("'%s': %s", bad[i].content, r->e.text);
        }
        assert_null(r->catalogue);
        assert_null(r->features);
    }
    assert_int_equal(catalogue_read_csv(&r->catalogue, "/nowhere/items.csv",
                                        NULL, r->model, &r->features, &r->e),
                     RC_IO);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_in_the_models_order, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(which_column_is_the_id, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
