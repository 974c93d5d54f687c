/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/catalogue.h"

#include "tests/support/guarded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define N 3

static const struct str ids[N] = {
    {"sku-1", 5},
    {"", 0},
    {"a\0b", 3},
};

/* n = 3, f = 2, the ids, a column of 1, 2, NaN and one of -0, inf, 4. */
static struct catalogue *
make(void)
{
    struct catalogue *c;
    float *value;

    assert_int_equal(catalogue_create(&c, ids, N, 2, &value, NULL), RC_OK);
    memcpy(value, (float[]){1, 2, NAN, -0.0f, INFINITY, 4}, 6 * sizeof(float));
    return c;
}

static void
stored(const struct catalogue *c, struct buf *out)
{
    buf_init(out, 1 << 20);
    catalogue_to_bytes(c, out);
    assert_false(buf_failed(out));
}

static void
it_holds_what_it_was_given(void **state)
{
    struct catalogue *c = make();

    (void)state;
    assert_int_equal(catalogue_size(c), N);
    assert_int_equal(catalogue_features(c), 2);
    for (uint32_t i = 0; i < N; i++) {
        assert_true(str_eq(catalogue_id(c, i), ids[i]));
        assert_ptr_not_equal(catalogue_id(c, i).p, ids[i].p);
    }
    assert_true(catalogue_column(c, 0)[1] == 2);
    assert_true(isnan(catalogue_column(c, 0)[2]));
    assert_true(isinf(catalogue_column(c, 1)[1]));
    catalogue_destroy(&c);
    assert_null(c);
    catalogue_destroy(&c);
}

static void
the_stored_form(void **state)
{
    static const char head[] = "\3\0\0\0\2\0\0\0"
                               "\5\0sku-1\0\0\3\0a\0b";
    struct catalogue *c = make(), *back;
    struct buf bytes, again;

    (void)state;
    stored(c, &bytes);
    assert_int_equal(bytes.len, sizeof(head) - 1 + 6 * sizeof(float));
    assert_memory_equal(bytes.p, head, sizeof(head) - 1);
    assert_int_equal(catalogue_from_bytes(&back, buf_view(&bytes), NULL),
                     RC_OK);
    stored(back, &again);
    assert_true(str_eq(buf_view(&bytes), buf_view(&again)));
    buf_fini(&bytes);
    buf_fini(&again);
    catalogue_destroy(&c);
    catalogue_destroy(&back);
}

static void
cut_at_every_byte(void **state)
{
    struct catalogue *c = make();
    struct guarded page;
    struct buf bytes;

    (void)state;
    stored(c, &bytes);
    guarded_init(&page, 4096);
    for (size_t len = 0; len <= bytes.len; len++) {
        struct str cut = guarded_copy(&page, (struct str){bytes.p, len});
        struct catalogue *back = NULL;
        struct err e = {""};
        enum rc rc = catalogue_from_bytes(&back, cut, &e);

        assert_int_equal(rc, len == bytes.len ? RC_OK : RC_INVAL);
        assert_true((back == NULL) == (e.text[0] != '\0'));
        catalogue_destroy(&back);
    }
    guarded_fini(&page);
    buf_fini(&bytes);
    catalogue_destroy(&c);
}

/* Counts that the bytes do not hold, or whose product wraps around. */
static void
counts_that_lie(void **state)
{
    static const struct str bad[] = {
        STR("\0\0\0\0\0\0\0\0"),
        STR("\0\0\0\0\1\0\0\0"),
        STR("\1\0\0\0\0\0\0\0\0\0x"),
        STR("\2\0\0\0\0\0\0\0\0\0"),
        STR("\xff\xff\xff\xff\0\0\0\0\0\0"),
        STR("\1\0\0\0\xff\xff\xff\xff\0\0"),
        STR("\4\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\0"),
        STR("\1\0\0\0\0\0\0\0\xff\xff"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct catalogue *c = NULL;

        assert_int_equal(catalogue_from_bytes(&c, bad[i], NULL), RC_INVAL);
        assert_null(c);
    }
}

static void
ids_alone(void **state)
{
    struct catalogue *c, *back;
    struct buf bytes;
    float *value;

    (void)state;
    assert_int_equal(catalogue_create(&c, ids, N, 0, &value, NULL), RC_OK);
    stored(c, &bytes);
    assert_int_equal(catalogue_from_bytes(&back, buf_view(&bytes), NULL),
                     RC_OK);
    assert_int_equal(catalogue_size(back), N);
    assert_int_equal(catalogue_features(back), 0);
    assert_true(str_eq(catalogue_id(back, 2), ids[2]));
    buf_fini(&bytes);
    catalogue_destroy(&c);
    catalogue_destroy(&back);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_holds_what_it_was_given),
        cmocka_unit_test(the_stored_form),
        cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(counts_that_lie),
        cmocka_unit_test(ids_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
