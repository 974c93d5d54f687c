/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/payload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BYTES_MAX 5000

static const struct payload_limits limits = {.value = 64, .entries = 128};

static void
crc_is_the_one_redis_uses(void **state)
{
    struct crc64 c;

    (void)state;
    crc64_init(&c);
    assert_true(crc64_of(&c, STR("123456789")) == 0xe9c6d914c4b8d9ca);
    assert_true(crc64_of(&c, STR("12345678")) != crc64_of(&c, STR("12345679")));
    assert_true(crc64_of(&c, STR("")) == 0);
}

/* What DUMP of Redis 7.0.15 gives after HSET key a 1x. */
static void
bytes_are_those_of_dump(void **state)
{
    static const char want[] = "\x10\x80\0\0\0\x0e"
                               "\x0e\0\0\0\x02\0"
                               "\x81"
                               "a\x02\x82"
                               "1x\x03\xff"
                               "\x0a\0";
    struct payload p;
    struct str got;

    (void)state;
    payload_init(&p, &limits);
    payload_begin(&p);
    payload_add(&p, STR("a"), STR("1x"));
    assert_true(payload_end(&p, &got));
    assert_int_equal(got.len, sizeof(want) - 1 + sizeof(uint64_t));
    assert_memory_equal(got.p, want, sizeof(want) - 1);
    payload_fini(&p);
}

static void
entry_over_127_bytes_has_a_long_tail(void **state)
{
    static const struct payload_limits wide = {.value = 4095, .entries = 1};
    static const char bytes[300];
    struct payload p;
    struct str got;

    (void)state;
    payload_init(&p, &wide);
    payload_begin(&p);
    payload_add(&p, (struct str){bytes, sizeof(bytes)}, STR(""));
    assert_true(payload_end(&p, &got));
    assert_memory_equal(got.p + 12, "\xe1\x2c", 2);
    assert_memory_equal(got.p + 14 + sizeof(bytes), "\x02\xae\x80\x01\xff", 5);
    payload_fini(&p);
}

static bool
fits(const struct payload_limits *l, size_t field, size_t value, size_t n)
{
    static const char bytes[BYTES_MAX];
    struct payload p;
    struct str got;
    bool ended;

    payload_init(&p, l);
    payload_begin(&p);
    for (size_t i = 0; i < n; i++) {
        payload_add(&p, (struct str){bytes, field}, (struct str){bytes, value});
    }
    ended = payload_end(&p, &got);
    payload_fini(&p);
    return ended;
}

static void
what_redis_keeps_as_a_table_is_not_packed(void **state)
{
    static const struct payload_limits huge = {.value = 1 << 20,
                                               .entries = 1 << 20};

    (void)state;
    assert_true(fits(&limits, 64, 64, 128));
    assert_false(fits(&limits, 65, 1, 1));
    assert_false(fits(&limits, 1, 65, 1));
    assert_false(fits(&limits, 1, 1, 129));
    assert_true(fits(&huge, 4095, 4095, 10));
    assert_false(fits(&huge, 4096, 1, 1));
    assert_true(fits(&huge, 1, 1, 32767));
    assert_false(fits(&huge, 1, 1, 32768));
}

static void
begins_anew_after_one_that_did_not_fit(void **state)
{
    struct payload p;
    struct str first, again;
    char kept[64];

    (void)state;
    payload_init(&p, &limits);
    payload_begin(&p);
    payload_add(&p, STR("u"), STR("v"));
    assert_true(payload_end(&p, &first));
    assert_true(first.len <= sizeof(kept));
    memcpy(kept, first.p, first.len);
    payload_begin(&p);
    for (int i = 0; i < 200; i++) {
        payload_add(&p, STR("u"), STR("v"));
    }
    assert_false(payload_end(&p, &again));
    payload_begin(&p);
    payload_add(&p, STR("u"), STR("v"));
    assert_true(payload_end(&p, &again));
    assert_int_equal(again.len, first.len);
    assert_memory_equal(again.p, kept, again.len);
    payload_fini(&p);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc_is_the_one_redis_uses),
        cmocka_unit_test(bytes_are_those_of_dump),
        cmocka_unit_test(entry_over_127_bytes_has_a_long_tail),
        cmocka_unit_test(what_redis_keeps_as_a_table_is_not_packed),
        cmocka_unit_test(begins_anew_after_one_that_did_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
