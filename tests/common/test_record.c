/* SPDX-License-Identifier: Apache-2.0 */
/* Records byte by byte, as the contract draws them. */
#include "common/table/record.h"
#include "tests/support/guarded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static float
float_of(uint32_t bits)
{
    float v;

    memcpy(&v, &bits, sizeof(v));
    return v;
}

static void
encodings_have_names(void **state)
{
    static const enum record_encoding all[] = {RECORD_F32, RECORD_TOPK_U16,
                                               RECORD_TOPK_U32};
    enum record_encoding enc;

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        assert_true(
            record_encoding_parse(str_of(record_encoding_name(all[i])), &enc));
        assert_int_equal(enc, all[i]);
    }
    assert_string_equal(record_encoding_name(RECORD_F32), "f32");
    assert_string_equal(record_encoding_name(RECORD_TOPK_U16), "topk-u16");
    assert_string_equal(record_encoding_name(RECORD_TOPK_U32), "topk-u32");
    assert_false(record_encoding_parse(STR(""), &enc));
    assert_false(record_encoding_parse(STR("f3"), &enc));
    assert_false(record_encoding_parse(STR("F32"), &enc));
    assert_false(record_encoding_parse(STR("f32\0"), &enc));
}

static void
floats_round_trip(void **state)
{
    const float y[] = {1.0f, -0.0f, float_of(0xffc00001)};
    char out[12];
    float back[3];

    (void)state;
    assert_int_equal(record_size(RECORD_F32, 3), 12);
    assert_int_equal(record_put_f32(out, y, 3), 12);
    assert_memory_equal(out, "\0\0\x80\x3f\0\0\0\x80\1\0\xc0\xff", 12);
    assert_int_equal(record_get_f32((struct str){out, 12}, back, 3), RC_OK);
    assert_memory_equal(back, y, sizeof(y));
}

static void
floats_of_another_count_are_refused(void **state)
{
    struct guarded g;
    float y[3];

    (void)state;
    guarded_init(&g, 16);
    for (size_t len = 0; len <= 16; len++) {
        struct str rec = guarded_copy(&g, (struct str){"0123456789abcdef", 16});

        rec = (struct str){rec.p + 16 - len, len};
        assert_int_equal(record_get_f32(rec, y, 3),
                         len == 12 ? RC_OK : RC_INVAL);
    }
    guarded_fini(&g);
    /* A count whose bytes wrap around to none. */
    assert_int_equal(record_get_f32(STR(""), y, (size_t)1 << 62), RC_INVAL);
    assert_int_equal(record_get_f32(STR("0123"), y, ((size_t)1 << 62) + 1),
                     RC_INVAL);
}

static void
small_catalogues_take_six_bytes(void **state)
{
    const struct record_item item[] = {{0x1234, 1.0f}, {65535, -2.0f}};
    struct record_item back[2];
    char out[12];
    size_t n;

    (void)state;
    assert_int_equal(record_size(RECORD_TOPK_U16, 2), 12);
    assert_int_equal(record_put_items(RECORD_TOPK_U16, out, item, 2), 12);
    assert_memory_equal(out, "\x34\x12\0\0\x80\x3f\xff\xff\0\0\0\xc0", 12);
    assert_int_equal(record_get_items(RECORD_TOPK_U16, (struct str){out, 12},
                                      back, 2, 65536, &n),
                     RC_OK);
    assert_int_equal(n, 2);
    assert_memory_equal(back, item, sizeof(item));
}

static void
large_catalogues_take_eight_bytes(void **state)
{
    const struct record_item item[] = {{0x12345678, 0.5f}, {65536, NAN}};
    struct record_item back[5];
    char out[16];
    size_t n;

    (void)state;
    assert_int_equal(record_size(RECORD_TOPK_U32, 2), 16);
    assert_int_equal(record_put_items(RECORD_TOPK_U32, out, item, 2), 16);
    assert_memory_equal(out, "\x78\x56\x34\x12\0\0\0\x3f\0\0\1\0\0\0\xc0\x7f",
                        16);
    assert_int_equal(record_get_items(RECORD_TOPK_U32, (struct str){out, 16},
                                      back, 5, UINT32_MAX, &n),
                     RC_OK);
    assert_int_equal(n, 2);
    assert_memory_equal(back, item, sizeof(item));
}

static enum rc
get_items(enum record_encoding enc, struct str rec, size_t max, uint32_t nitem)
{
    struct record_item item[4];
    size_t n;

    return record_get_items(enc, rec, item, max, nitem, &n);
}

static void
damaged_rankings_are_refused(void **state)
{
    const struct record_item item[] = {{7, 3.0f}, {0, 2.0f}, {9, 1.0f}};
    char out[24];
    struct guarded g;

    (void)state;
    guarded_init(&g, sizeof(out));
    for (enum record_encoding enc = RECORD_TOPK_U16; enc <= RECORD_TOPK_U32;
         enc++) {
        size_t one = record_size(enc, 1);
        size_t size = record_put_items(enc, out, item, 3);

        for (size_t len = 0; len <= size; len++) {
            struct str rec = guarded_copy(&g, (struct str){out, len});

            assert_int_equal(get_items(enc, rec, 4, 10),
                             len % one == 0 ? RC_OK : RC_INVAL);
        }
        assert_int_equal(get_items(enc, (struct str){out, size}, 3, 10), RC_OK);
        assert_int_equal(get_items(enc, (struct str){out, size}, 2, 10),
                         RC_INVAL);
        assert_int_equal(get_items(enc, (struct str){out, size}, 3, 9),
                         RC_INVAL);
    }
    guarded_fini(&g);
}

static void
an_empty_ranking_is_legal(void **state)
{
    struct record_item item[1] = {{0}};
    size_t n = 9;

    (void)state;
    assert_int_equal(record_put_items(RECORD_TOPK_U16, NULL, item, 0), 0);
    assert_int_equal(
        record_get_items(RECORD_TOPK_U16, STR(""), item, 1, 10, &n), RC_OK);
    assert_int_equal(n, 0);
}

static void
feature_rows_carry_their_stamp(void **state)
{
    const float x[] = {1.0f, NAN};
    uint64_t updated_us;
    float back[2];
    char out[16];

    (void)state;
    assert_int_equal(
        record_put_features(out, UINT64_C(0x0102030405060708), x, 2), 16);
    assert_memory_equal(out, "\x8\x7\x6\x5\x4\x3\x2\x1\0\0\x80\x3f\0\0\xc0\x7f",
                        16);
    assert_int_equal(
        record_get_features((struct str){out, 16}, &updated_us, back, 2),
        RC_OK);
    assert_true(updated_us == UINT64_C(0x0102030405060708));
    assert_memory_equal(back, x, sizeof(x));
}

/* 0.0 / 0.0 is 0xffc00000 on x86; other readers wait for 0x7fc00000. */
static void
every_missing_feature_has_the_same_bits(void **state)
{
    const float x[] = {float_of(0xffc00000), float_of(0x7f800001),
                       float_of(0x7fffffff)};
    char out[20];

    (void)state;
    assert_int_equal(record_put_features(out, 1, x, 3), 20);
    assert_memory_equal(out + 8, "\0\0\xc0\x7f\0\0\xc0\x7f\0\0\xc0\x7f", 12);
}

static void
damaged_feature_rows_are_refused(void **state)
{
    static const char row[24] = {1};
    struct guarded g;
    uint64_t updated_us;
    float x[3];

    (void)state;
    guarded_init(&g, sizeof(row));
    for (size_t len = 0; len <= sizeof(row); len++) {
        struct str rec = guarded_copy(&g, (struct str){row, len});

        assert_int_equal(record_get_features(rec, &updated_us, x, 3),
                         len == 20 ? RC_OK : RC_INVAL);
    }
    guarded_fini(&g);
    assert_int_equal(record_get_features((struct str){row, 8}, &updated_us, x,
                                         (size_t)1 << 62),
                     RC_INVAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings_have_names),
        cmocka_unit_test(floats_round_trip),
        cmocka_unit_test(floats_of_another_count_are_refused),
        cmocka_unit_test(small_catalogues_take_six_bytes),
        cmocka_unit_test(large_catalogues_take_eight_bytes),
        cmocka_unit_test(damaged_rankings_are_refused),
        cmocka_unit_test(an_empty_ranking_is_legal),
        cmocka_unit_test(feature_rows_carry_their_stamp),
        cmocka_unit_test(every_missing_feature_has_the_same_bits),
        cmocka_unit_test(damaged_feature_rows_are_refused),
    };

    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
