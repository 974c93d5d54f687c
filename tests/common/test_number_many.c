/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/number_many.h"

#include "common/base/number.h"
#include "tests/support/guarded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef uint64_t (*read_fn)(struct number_many *m);

static const char *const plain[] = {
    "0",           "-0",          "7",          "-1.5",
    "0.12345",     "123456.",     ".5",         "-.25",
    "00001",       "100000000",   "99999999",   "1234567.8",
    "0.10",        "-0.00000001", "16777217.5", "123456789012345",
    "12345678.90", "3.40282",     "33554432",   "-12345678901234",
};
#define NPLAIN (sizeof(plain) / sizeof(*plain))

static const char *const odd[] = {
    "-",
    ".",
    "-.",
    "1.2.",
    ".1.",
    "1..2",
    "--1",
    "+1",
    "1e5",
    "1-",
    "1-2",
    "0x10",
    "nan",
    " 1",
    "1 ",
    "/",
    ":",
    "\x01",
    "\xff",
    "1,2",
    "-..",
    "....",
    "......",
    ",",
    "12345678901234567",
    "NA",
    "-a",
    "1.-",
    ".-1",
    "0.00000000000000000000000000001",
    "\"1",
    "1/2",
    "16777217",
    "1234567890123.5678901234567890",
};
#define NODD (sizeof(odd) / sizeof(*odd))

/* One read of cells that lie in a text, each followed by `between`. */
struct sheet {
    char text[16 + 40 * NUMBER_MANY];
    size_t len;
    struct number_many many;
};

static void
add(struct sheet *s, const char *cell, char between)
{
    size_t n = strlen(cell);

    if (s->many.n == 0) {
        s->len = 16;
        memset(s->text, '9', s->len); /* what is before must not show */
    }
    memcpy(s->text + s->len, cell, n);
    s->len += n;
    s->many.end[s->many.n] = s->text + s->len;
    s->many.len[s->many.n++] = (uint32_t)n;
    s->text[s->len++] = between;
}

static void
assert_value(const struct number_many *m, size_t i)
{
    struct str cell = {m->end[i] - m->len[i], m->len[i]};
    float want = NAN;
    uint32_t got_bits, want_bits;

    assert_true(cell.len == 0 || number_parse_f32(cell, &want));
    memcpy(&got_bits, &m->value[i], sizeof(got_bits));
    memcpy(&want_bits, &want, sizeof(want_bits));
    if (got_bits != want_bits) {
        fail_msg("%.*s: %a, not %a", STR_ARG(cell), (double)m->value[i],
                 (double)want);
    }
}

/* n plain numbers from the first-th on; every one is read, at any place. */
static void
check_plain(read_fn read, size_t n, size_t first, char between)
{
    struct sheet s = {.len = 0};

    for (size_t i = 0; i < n; i++) {
        add(&s, (first + i) % 11 == 0 ? "" : plain[(first + i) % NPLAIN],
            between);
    }
    assert_int_equal(read(&s.many), 0);
    for (size_t i = 0; i < n; i++) {
        assert_value(&s.many, i);
    }
}

/* Nothing but the odd cell is odd, wherever it is. */
static void
check_odd(read_fn read, const char *cell, size_t at)
{
    struct sheet s = {.len = 0};

    for (size_t i = 0; i < 16; i++) {
        add(&s, i == at ? cell : plain[i], ',');
    }
    assert_true(read(&s.many) == UINT64_C(1) << at);
    for (size_t i = 0; i < 16; i++) {
        if (i != at) {
            assert_value(&s.many, i);
        }
    }
}

static void
check(read_fn read)
{
    struct number_many none = {0};

    assert_int_equal(read(&none), 0);
    for (size_t n = 1; n <= NUMBER_MANY; n++) {
        check_plain(read, n, n, ',');
        check_plain(read, n, 3 * n, '.');
        check_plain(read, n, 5 * n, '-');
    }
    for (size_t at = 0; at < 16; at++) {
        for (size_t i = 0; i < NODD; i++) {
            check_odd(read, odd[i], at);
        }
    }
}

static void
test_plain(void **state)
{
    (void)state;
    check(number_many_read_plain);
}

static void
test_avx512(void **state)
{
    (void)state;
    if (!number_many_has_avx512()) {
        skip();
    }
    check(number_many_read_avx512);
}

static void
test_what_the_cpu_has(void **state)
{
    struct sheet s = {.len = 0};

    (void)state;
    add(&s, "2.5", ',');
    assert_int_equal(number_many_read(&s.many, false), 0);
    assert_int_equal(number_many_read(&s.many, number_many_has_avx512()), 0);
    assert_value(&s.many, 0);
}

/* The last cell ends where its page ends. */
static void
test_nothing_behind_is_read(void **state)
{
    struct guarded g;
    struct number_many m = {.n = 1};
    struct str text;

    (void)state;
    guarded_init(&g, 64);
    text = guarded_copy(&g, STR("................12.5"));
    for (int avx512 = 0; avx512 <= number_many_has_avx512(); avx512++) {
        m.end[0] = text.p + text.len;
        m.len[0] = 4;
        assert_int_equal(number_many_read(&m, avx512 == 1), 0);
        assert_value(&m, 0);
    }
    guarded_fini(&g);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_avx512),
        cmocka_unit_test(test_what_the_cpu_has),
        cmocka_unit_test(test_nothing_behind_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
