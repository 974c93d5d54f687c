/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/item_index.h"

#include "common/base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void
items_in_order_of_appearance(void **state)
{
    struct item_index *x = item_index_create();
    struct catalogue *c;
    char text[16];

    (void)state;
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 5000; i++) {
            struct str id = {text, 0};
            uint32_t number;

            id.len = (size_t)snprintf(text, sizeof(text), "item %u", i * 7);
            /* One hash in four is that of another. */
            assert_int_equal(
                item_index_number(x, hash_key(id) % 1250, id, &number), RC_OK);
            assert_int_equal(number, i);
        }
    }
    assert_int_equal(item_index_count(x), 5000);
    assert_int_equal(item_index_catalogue(x, &c, NULL), RC_OK);
    assert_int_equal(catalogue_size(c), 5000);
    assert_int_equal(catalogue_features(c), 0);
    assert_true(str_eq(catalogue_id(c, 4999), STR("item 34993")));
    catalogue_destroy(&c);
    item_index_destroy(&x);
    assert_null(x);
    item_index_destroy(&x);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_in_order_of_appearance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
