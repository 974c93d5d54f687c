/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/ubj.h"
#include "tests/support/guarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* {"a": 7, "b": [1.5, -2], "c": ["xy", {}], "d": 0.5, "e": -300} */
static const char document[] = "{"
                               "L\0\0\0\0\0\0\0\1"
                               "a"
                               "i\7"
                               "L\0\0\0\0\0\0\0\1"
                               "b"
                               "[$d#L\0\0\0\0\0\0\0\2\x3f\xc0\0\0\xc0\0\0\0"
                               "L\0\0\0\0\0\0\0\1"
                               "c"
                               "[#L\0\0\0\0\0\0\0\2SL\0\0\0\0\0\0\0\2xy{}"
                               "L\0\0\0\0\0\0\0\1"
                               "d"
                               "d\x3f\0\0\0"
                               "L\0\0\0\0\0\0\0\1"
                               "e"
                               "I\xfe\xd4"
                               "}";

static const struct str bytes = {document, sizeof(document) - 1};

static struct ubj
member(const char *key)
{
    struct ubj v;

    assert_true(ubj_member(ubj_of(bytes), key, &v));
    return v;
}

static void
values_are_read(void **state)
{
    struct ubj_array a;
    struct str text;
    struct ubj v;
    int64_t i;
    size_t n;
    float f;

    (void)state;
    assert_true(ubj_integer(member("a"), &i));
    assert_int_equal(i, 7);
    assert_true(ubj_integer(member("e"), &i));
    assert_int_equal(i, -300);
    assert_true(ubj_number(member("d"), &f));
    assert_true(f == 0.5f);
    assert_true(ubj_typed(member("b"), 'd', &a));
    assert_int_equal(a.n, 2);
    assert_true(ubj_f32(a, 0) == 1.5f && ubj_f32(a, 1) == -2.0f);
    assert_true(ubj_list(member("c"), &v, &n));
    assert_int_equal(n, 2);
    assert_true(ubj_string(v, &text));
    assert_true(str_eq(text, STR("xy")));
    assert_true(ubj_next(&v));
    assert_false(ubj_member(v, "a", &v));
}

static void
other_types_are_refused(void **state)
{
    struct ubj_array a;
    struct str text;
    struct ubj v;
    int64_t i;
    size_t n;
    float f;

    (void)state;
    assert_false(ubj_member(ubj_of(bytes), "z", &v));
    assert_false(ubj_member(member("a"), "a", &v));
    assert_false(ubj_integer(member("d"), &i));
    assert_false(ubj_number(member("a"), &f));
    assert_false(ubj_string(member("a"), &text));
    assert_false(ubj_typed(member("b"), 'l', &a));
    assert_false(ubj_typed(member("c"), 'd', &a));
    assert_false(ubj_list(member("b"), &v, &n));
}

/* Lengths that would wrap, and lists in lists without end. */
static void
lies_are_refused(void **state)
{
    static const struct str lie[] = {
        STR("SL\x7f\xff\xff\xff\xff\xff\xff\xff"),
        STR("SL\xff\xff\xff\xff\xff\xff\xff\xff"),
        STR("[$d#L\x40\0\0\0\0\0\0\1"),
        STR("[#L\0\0\0\0\0\0\0\1"),
        STR("[$S#L\0\0\0\0\0\0\0\0"),
        STR("N"),
    };
    char deep[1000];

    (void)state;
    for (size_t i = 0; i < sizeof(lie) / sizeof(*lie); i++) {
        struct ubj v = ubj_of(lie[i]);

        assert_false(ubj_next(&v));
    }
    for (size_t i = 0; i < sizeof(deep); i++) {
        deep[i] = "[#L\0\0\0\0\0\0\0\1"[i % 11];
    }
    assert_false(ubj_next(
        &(struct ubj){(uint8_t *)deep, (uint8_t *)deep + sizeof(deep)}));
}

/* Nothing is read behind the end, wherever that is. */
static void
a_cut_is_noticed(void **state)
{
    struct guarded g;

    (void)state;
    guarded_init(&g, bytes.len);
    for (size_t n = 0; n <= bytes.len; n++) {
        struct ubj v = ubj_of(guarded_copy(&g, (struct str){bytes.p, n}));
        struct ubj found;

        assert_true(ubj_member(v, "e", &found) == (n >= bytes.len - 1));
        assert_true(ubj_next(&v) == (n == bytes.len));
    }
    guarded_fini(&g);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(other_types_are_refused),
        cmocka_unit_test(lies_are_refused),
        cmocka_unit_test(a_cut_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
