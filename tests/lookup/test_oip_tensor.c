/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_tensor.h"

#include "lookup/api/json.h"
#include "tests/support/guarded.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MAX 16

static enum oip_datatype
datatype(const char *name)
{
    enum oip_datatype d;

    assert_true(oip_datatype_parse(name, &d));
    return d;
}

static enum rc
read_json(const char *type, size_t n, size_t m, const char *data, float *x)
{
    struct oip_tensor t = {datatype(type), 2, {n, m}, NULL, {NULL, 0}};
    struct err e = {""};
    cJSON *root;

    assert_int_equal(json_parse(str_of(data), JSON_VALUES, &root, &e), RC_OK);
    t.data = root;
    enum rc rc = oip_tensor_floats(&t, x, &e);

    assert_int_equal(rc != RC_OK, e.text[0] != '\0');
    cJSON_Delete(root);
    return rc;
}

static enum rc
read_binary(const char *type, size_t n, size_t m, struct str data, float *x)
{
    struct oip_tensor t = {datatype(type), 2, {n, m}, NULL, data};
    struct err e = {""};
    enum rc rc = oip_tensor_floats(&t, x, &e);

    assert_int_equal(rc != RC_OK, e.text[0] != '\0');
    return rc;
}

static void
test_datatypes(void **state)
{
    enum oip_datatype d;

    (void)state;
    assert_false(oip_datatype_parse("", &d));
    assert_false(oip_datatype_parse("FP16", &d));
    assert_false(oip_datatype_parse("BOOL", &d));
    assert_false(oip_datatype_parse("fp32", &d));
    assert_true(oip_datatype_parse("BYTES", &d));
    assert_int_equal(d, OIP_BYTES);
}

static void
test_flat_and_nested(void **state)
{
    static const char *const shapes[] = {"[1,null,3.5,-4,5e0,0.1]",
                                         "[[1,null,3.5],[-4,5e0,0.1]]"};
    float x[MAX];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(read_json("FP32", 2, 3, shapes[i], x), RC_OK);
        assert_true(x[0] == 1 && isnan(x[1]) && x[2] == 3.5f);
        assert_true(x[3] == -4 && x[4] == 5 && x[5] == 0.1f);
    }
}

static void
test_numbers_of_their_type(void **state)
{
    static const struct {
        const char *type, *value;
        bool ok;
    } cases[] = {
        {"INT8", "-128", true},
        {"INT8", "127", true},
        {"INT8", "128", false},
        {"INT8", "0.5", false},
        {"UINT8", "255", true},
        {"UINT8", "-1", false},
        {"INT16", "-32768", true},
        {"UINT16", "65536", false},
        {"INT32", "2147483647", true},
        {"INT32", "2147483648", false},
        {"UINT32", "4294967295", true},
        {"INT64", "9007199254740993", true},
        {"INT64", "1e30", false},
        {"UINT64", "18446744073709551615", true},
        {"UINT64", "null", true},
        {"FP32", "3.4e38", true},
        {"FP32", "3.5e38", false},
        {"FP64", "1e300", false},
        {"FP64", "1e-300", true},
        {"FP64", "true", false},
        {"FP64", "\"1\"", false},
        {"FP64", "[1]", false},
    };
    char data[64];
    float x[MAX];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(data, sizeof(data), "[0,%s]", cases[i].value);
        enum rc rc = read_json(cases[i].type, 1, 2, data, x);

        if ((rc == RC_OK) != cases[i].ok) {
            fail_msg("%s %s: %d", cases[i].type, cases[i].value, rc);
        }
    }
}

static void
test_shapes_that_do_not_fit(void **state)
{
    static const char *const cases[] = {
        "[]",          "[1,2,3]",       "[1,2,3,4,5]",     "[[1,2]]",
        "[[1,2],[3]]", "[[1,2,3],[4]]", "[[1,2],[3,4],5]", "[1,[2,3],4]",
    };
    float x[MAX];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(read_json("FP32", 2, 2, cases[i], x), RC_INVAL);
    }
}

#define BINARY(type, value, want)                                              \
    {                                                                          \
        assert_int_equal(                                                      \
            read_binary(type, 1, 1,                                            \
                        (struct str){(const char *)&(value), sizeof(value)},   \
                        x),                                                    \
            RC_OK);                                                            \
        assert_true(x[0] == (want));                                           \
        assert_int_equal(read_binary(type, 1, 1,                               \
                                     (struct str){(const char *)&(value),      \
                                                  sizeof(value) - 1},          \
                                     x),                                       \
                         RC_INVAL);                                            \
    }

static void
test_binary(void **state)
{
    const float f32 = 0.1f, infinite = INFINITY;
    const double f64 = 0.1, large = 1e300;
    const int8_t i8 = -7;
    const uint8_t u8 = 200;
    const int16_t i16 = -300;
    const uint16_t u16 = 40000;
    const int32_t i32 = -70000;
    const uint32_t u32 = 3000000000u;
    const int64_t i64 = -(1ll << 40);
    const uint64_t u64 = 1ull << 63;
    float x[MAX];

    (void)state;
    BINARY("FP32", f32, 0.1f);
    BINARY("FP64", f64, 0.1f);
    BINARY("INT8", i8, -7);
    BINARY("UINT8", u8, 200);
    BINARY("INT16", i16, -300);
    BINARY("UINT16", u16, 40000);
    BINARY("INT32", i32, -70000);
    BINARY("UINT32", u32, 3e9f);
    BINARY("INT64", i64, -1099511627776.0f);
    BINARY("UINT64", u64, 9223372036854775808.0f);
    assert_int_equal(
        read_binary("FP32", 1, 1, (struct str){(const char *)&infinite, 4}, x),
        RC_INVAL);
    assert_int_equal(
        read_binary("FP64", 1, 1, (struct str){(const char *)&large, 8}, x),
        RC_INVAL);
}

/* Texts read until the end or an error; how many. */
static enum rc
read_texts(const struct oip_tensor *t, size_t *n)
{
    struct oip_texts texts = {.n = 0};
    struct err e;
    struct str text;
    enum rc rc;

    for (*n = 0; (rc = oip_tensor_text(t, &texts, &text, &e)) == RC_OK;) {
        assert_int_equal(text.len, *n);
        ++*n;
    }
    return rc;
}

/* "", "a", "bb", cut at every byte and with one too many. */
static void
test_texts(void **state)
{
    struct str whole = STR("\0\0\0\0\1\0\0\0a\2\0\0\0bb");
    struct oip_tensor t = {OIP_BYTES, 1, {3}, NULL, {NULL, 0}};
    struct guarded g;
    size_t n;

    (void)state;
    guarded_init(&g, whole.len);
    for (size_t len = 0; len <= whole.len; len++) {
        t.binary = guarded_copy(&g, (struct str){whole.p, len});
        assert_int_equal(read_texts(&t, &n),
                         len == whole.len ? RC_NOT_FOUND : RC_INVAL);
    }
    assert_int_equal(n, 3);
    t.shape[0] = 2;
    assert_int_equal(read_texts(&t, &n), RC_INVAL);
    guarded_fini(&g);
}

static void
test_texts_of_json(void **state)
{
    static const struct {
        const char *data;
        enum rc rc;
    } cases[] = {
        {"[\"\",\"a\",\"bb\"]", RC_NOT_FOUND},
        {"[\"\",\"a\"]", RC_INVAL},
        {"[\"\",\"a\",\"bb\",\"ccc\"]", RC_INVAL},
        {"[\"\",1,\"bb\"]", RC_INVAL},
        {"[]", RC_INVAL},
    };
    struct oip_tensor t = {OIP_BYTES, 1, {3}, NULL, {NULL, 0}};
    cJSON *root;
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(
            json_parse(str_of(cases[i].data), JSON_VALUES, &root, NULL), RC_OK);
        t.data = root;
        assert_int_equal(read_texts(&t, &n), cases[i].rc);
        cJSON_Delete(root);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_datatypes),
        cmocka_unit_test(test_flat_and_nested),
        cmocka_unit_test(test_numbers_of_their_type),
        cmocka_unit_test(test_shapes_that_do_not_fit),
        cmocka_unit_test(test_binary),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_texts_of_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
