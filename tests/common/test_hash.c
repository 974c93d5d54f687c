/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* What xxhsum -H1 and sha256sum say. */
static void
test_known_sums(void **state)
{
    char sum[SHA256_HEX];

    (void)state;
    assert_true(hash_key(STR("")) == UINT64_C(0xef46db3751d8e999));
    assert_true(hash_key(STR("abc")) == UINT64_C(0x44bc2cf5ad770999));
    hash_sha256(STR("abc"), sum);
    assert_string_equal(sum, "ba7816bf8f01cfea414140de5dae2223"
                             "b00361a396177a9cb410ff61f20015ad");
    hash_sha256((struct str){NULL, 0}, sum);
    assert_string_equal(sum, "e3b0c44298fc1c149afbf4c8996fb924"
                             "27ae41e4649b934ca495991b7852b855");
}

static void
test_uids_are_hex_and_differ(void **state)
{
    char a[17];
    char b[17];

    (void)state;
    hash_random_uid(a);
    hash_random_uid(b);
    assert_int_equal(strlen(a), 16);
    assert_int_equal(strspn(a, "0123456789abcdef"), 16);
    assert_string_not_equal(a, b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_sums),
        cmocka_unit_test(test_uids_are_hex_and_differ),
    };

    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
