/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bulk string written in place beside one that is copied: lengths of all
 * numbers of digits, behind what was there already, and in too small a buffer.
 */
#include "lookup/api/resp_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define LONGEST 100000

static const size_t lengths[] = {0,   1,   9,    10,   11,    99,     100,
                                 101, 999, 1000, 1001, 10000, LONGEST};

static void
put_bytes(struct buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_char(out, (char)('a' + i % 26));
    }
}

static void
put_in_place(struct buf *out, size_t n)
{
    size_t at = resp_bulk_begin(out);

    put_bytes(out, n);
    resp_bulk_end(out, at);
}

static void
test_in_place_as_copied(void **state)
{
    struct buf copied, in_place, bytes;

    (void)state;
    buf_init(&copied, SIZE_MAX);
    buf_init(&in_place, SIZE_MAX);
    buf_init(&bytes, SIZE_MAX);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        buf_clear(&bytes);
        put_bytes(&bytes, lengths[i]);
        resp_bulk(&copied, buf_view(&bytes));
        put_in_place(&in_place, lengths[i]);
        assert_int_equal(in_place.len, copied.len);
        assert_memory_equal(in_place.p, copied.p, copied.len);
    }
    buf_fini(&copied);
    buf_fini(&in_place);
    buf_fini(&bytes);
}

/* It fails, or nothing is missing; what was there before stays. */
static void
test_too_small(void **state)
{
    struct buf out;

    (void)state;
    for (size_t max = 3; max < 64; max++) {
        buf_init(&out, max);
        buf_c(&out, "+OK");
        put_in_place(&out, 9);
        assert_memory_equal(out.p, "+OK", 3);
        if (!buf_failed(&out)) {
            assert_int_equal(out.len, strlen("+OK$9\r\nabcdefghi\r\n"));
            assert_memory_equal(out.p, "+OK$9\r\nabcdefghi\r\n", out.len);
        }
        assert_true(buf_failed(&out) ? max < 60 : max >= out.len);
        buf_fini(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_place_as_copied),
        cmocka_unit_test(test_too_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
