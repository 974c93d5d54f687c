/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/dynamodb_body.h"

#include "tests/support/guarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define ALL ((1u << ATTRIBUTE_COUNT) - 1)

static void
test_batch(void **state)
{
    struct dynamodb_fault fault;
    struct dynamodb_read *r;

    (void)state;
    assert_int_equal(
        dynamodb_read_batch(
            &r,
            STR("{\"RequestItems\":{\"a\":{\"Keys\":[{\"k\":{\"S\":\"1\"}}],"
                "\"AttributesToGet\":[\"k\",\"items\",\"x\"]},"
                "\"b\":{\"Keys\":[{\"source\":{\"B\":\"AAEC\"}},"
                "{\"source\":{\"N\":\"1\"}}],\"ConsistentRead\":true}},"
                "\"ReturnConsumedCapacity\":\"NONE\",\"More\":[1]}"),
            &fault),
        RC_OK);
    assert_int_equal(r->ntable, 2);
    assert_int_equal(r->nkey, 3);
    assert_int_equal(r->table[0].wanted,
                     1u << ATTRIBUTE_KEY | 1u << ATTRIBUTE_ITEMS);
    assert_false(r->table[0].consistent);
    assert_string_equal(r->table[1].key_name, "source");
    assert_int_equal(r->table[1].wanted, ALL & ~(1u << ATTRIBUTE_SOURCE));
    assert_true(r->table[1].consistent);
    assert_int_equal(r->key[1].type, 'B');
    assert_int_equal(r->key[1].id.len, 3);
    assert_memory_equal(r->key[1].id.p, "\0\1\2", 3);
    dynamodb_read_destroy(&r);
    assert_null(r);
}

#define KEYED(more)                                                            \
    "{\"TableName\":\"t\",\"Key\":{\"k\":{\"S\":\"u\"}}" more "}"
#define KEY(key) "{\"TableName\":\"t\",\"Key\":" key "}"

static void
test_items_that_are_refused(void **state)
{
    static const struct {
        const char *body;
        enum dynamodb_error error;
    } cases[] = {
        {"", DYNAMODB_SERIALIZATION},
        {"[]", DYNAMODB_SERIALIZATION},
        {"{\"TableName\":7}", DYNAMODB_SERIALIZATION},
        {"{}", DYNAMODB_VALIDATION},
        {"{\"TableName\":\"t\"}", DYNAMODB_VALIDATION},
        {KEY("{}"), DYNAMODB_VALIDATION},
        {KEY("[]"), DYNAMODB_VALIDATION},
        {KEY("{\"k\":\"u\"}"), DYNAMODB_VALIDATION},
        {KEY("{\"k\":{}}"), DYNAMODB_VALIDATION},
        {KEY("{\"k\":{\"S\":1}}"), DYNAMODB_VALIDATION},
        {KEY("{\"k\":{\"SS\":[\"u\"]}}"), DYNAMODB_VALIDATION},
        {KEY("{\"k\":{\"\":\"u\"}}"), DYNAMODB_VALIDATION},
        {KEY("{\"k\":{\"S\":\"u\",\"N\":\"1\"}}"), DYNAMODB_VALIDATION},
        {KEY("{\"k\":{\"S\":\"u\"},\"l\":{\"S\":\"u\"}}"), DYNAMODB_VALIDATION},
        {KEY("{\"k\":{\"S\":\"\"}}"), DYNAMODB_VALIDATION},
        {KEY("{\"k\":{\"B\":\"\"}}"), DYNAMODB_VALIDATION},
        {KEY("{\"k\":{\"B\":\"A\"}}"), DYNAMODB_SERIALIZATION},
        {KEY("{\"k\":{\"B\":\"AA\"}}"), DYNAMODB_SERIALIZATION},
        {KEY("{\"k\":{\"B\":\"AB==\"}}"), DYNAMODB_SERIALIZATION},
        {KEY("{\"k\":{\"B\":\"A===\"}}"), DYNAMODB_SERIALIZATION},
        {KEY("{\"k\":{\"B\":\"AA=A\"}}"), DYNAMODB_SERIALIZATION},
        {KEY("{\"k\":{\"B\":\"AA-_\"}}"), DYNAMODB_SERIALIZATION},
        {KEYED(",\"ConsistentRead\":1"), DYNAMODB_SERIALIZATION},
        {KEYED(",\"ReturnConsumedCapacity\":\"x\""), DYNAMODB_VALIDATION},
        {KEYED(",\"ReturnConsumedCapacity\":1"), DYNAMODB_SERIALIZATION},
        {KEYED(",\"AttributesToGet\":[]"), DYNAMODB_VALIDATION},
        {KEYED(",\"AttributesToGet\":[1]"), DYNAMODB_SERIALIZATION},
        {KEYED(",\"ProjectionExpression\":\"\""), DYNAMODB_VALIDATION},
        {KEYED(",\"ProjectionExpression\":\"a,\""), DYNAMODB_VALIDATION},
        {KEYED(",\"ProjectionExpression\":\"a b\""), DYNAMODB_VALIDATION},
        {KEYED(",\"ProjectionExpression\":\"a.b\""), DYNAMODB_VALIDATION},
        {KEYED(",\"ProjectionExpression\":\"#a\""), DYNAMODB_VALIDATION},
        {KEYED(",\"ProjectionExpression\":\"#a\","
               "\"ExpressionAttributeNames\":{\"#a\":1}"),
         DYNAMODB_VALIDATION},
        {KEYED(",\"ProjectionExpression\":1"), DYNAMODB_SERIALIZATION},
        {KEYED(",\"ExpressionAttributeNames\":{}"), DYNAMODB_VALIDATION},
    };
    struct dynamodb_fault fault;
    struct dynamodb_read *r;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum rc rc = dynamodb_read_item(&r, str_of(cases[i].body), &fault);

        if (rc == RC_OK || fault.error != cases[i].error) {
            fail_msg("%s: %d", cases[i].body, rc);
        }
        assert_null(r);
        assert_true(fault.why.text[0] != '\0');
    }
}

/* A batch of two tables, n and 1 keys. */
static size_t
write_batch(char *out, size_t cap, size_t n)
{
    size_t at = (size_t)snprintf(out, cap,
                                 "{\"RequestItems\":{\"b\":{\"Keys\":[{\"k\":"
                                 "{\"S\":\"0\"}}]},\"a\":{\"Keys\":[");

    for (size_t i = 0; i < n; i++) {
        at += (size_t)snprintf(out + at, cap - at, "%s{\"k\":{\"S\":\"%zu\"}}",
                               i == 0 ? "" : ",", i);
    }
    return at + (size_t)snprintf(out + at, cap - at, "]}}}");
}

static void
test_a_hundred_keys(void **state)
{
    struct dynamodb_fault fault;
    struct dynamodb_read *r;
    char body[8192];

    (void)state;
    for (size_t n = 98; n <= 101; n++) {
        struct str text = {body, write_batch(body, sizeof(body), n)};
        enum rc rc = dynamodb_read_batch(&r, text, &fault);

        assert_int_equal(rc, n <= 99 ? RC_OK : RC_INVAL);
        dynamodb_read_destroy(&r);
    }
}

static void
test_batches_that_are_refused(void **state)
{
    static const char *const cases[] = {
        "{}",
        "{\"RequestItems\":{}}",
        "{\"RequestItems\":[]}",
        "{\"RequestItems\":{\"t\":[]}}",
        "{\"RequestItems\":{\"t\":{}}}",
        "{\"RequestItems\":{\"t\":{\"Keys\":[]}}}",
        "{\"RequestItems\":{\"t\":{\"Keys\":[{\"k\":{\"S\":\"a\"}},"
        "{\"k\":{\"S\":\"a\"}}]}}}",
        "{\"RequestItems\":{\"t\":{\"Keys\":[{\"k\":{\"S\":\"a\"}},"
        "{\"k\":{\"B\":\"YQ==\"}}]}}}",
        "{\"RequestItems\":{\"t\":{\"Keys\":[{\"k\":{\"S\":\"a\"}},"
        "{\"l\":{\"S\":\"b\"}}]}}}",
    };
    struct dynamodb_fault fault;
    struct dynamodb_read *r;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(dynamodb_read_batch(&r, str_of(cases[i]), &fault),
                         RC_INVAL);
        assert_int_equal(fault.error, DYNAMODB_VALIDATION);
    }
}

/* An expression of n names, with so many defined, and a word of that length. */
static enum rc
read_expression(size_t n, size_t ndefined, size_t longest)
{
    struct dynamodb_fault fault;
    struct dynamodb_read *r;
    struct buf body;

    buf_init(&body, 1 << 20);
    buf_c(&body, "{\"TableName\":\"t\",\"Key\":{\"k\":{\"S\":\"u\"}},"
                 "\"ProjectionExpression\":\"");
    for (size_t i = 0; i < longest; i++) {
        buf_char(&body, 'k');
    }
    for (size_t i = 1; i < n; i++) {
        buf_c(&body, ",k");
    }
    buf_c(&body, "\",\"ExpressionAttributeNames\":{");
    for (size_t i = 0; i < ndefined; i++) {
        buf_printf(&body, "%s\"#%zu\":\"k\"", i == 0 ? "" : ",", i);
    }
    buf_c(&body, "}}");
    enum rc rc = dynamodb_read_item(&r, buf_view(&body), &fault);

    dynamodb_read_destroy(&r);
    buf_fini(&body);
    return rc;
}

static void
test_long_expressions(void **state)
{
    (void)state;
    assert_int_equal(read_expression(1, 0, 4096), RC_OK);
    assert_int_equal(read_expression(1, 0, 4097), RC_INVAL);
    assert_int_equal(read_expression(100, 100, 1), RC_OK);
    assert_int_equal(read_expression(101, 0, 1), RC_INVAL);
    assert_int_equal(read_expression(2, 3, 1), RC_INVAL);
}

static void
test_cut_at_every_byte(void **state)
{
    struct str whole =
        STR("{\"TableName\":\"t\",\"Key\":{\"k\":{\"B\":\"AAE=\"}},"
            "\"ProjectionExpression\":\"#a, b\","
            "\"ExpressionAttributeNames\":{\"#a\":\"c\"}}");
    struct dynamodb_fault fault;
    struct dynamodb_read *r;
    struct guarded g;

    (void)state;
    guarded_init(&g, whole.len);
    for (size_t n = 0; n <= whole.len; n++) {
        struct str part = guarded_copy(&g, (struct str){whole.p, n});
        enum rc rc = dynamodb_read_item(&r, part, &fault);

        assert_int_equal(rc, n == whole.len ? RC_OK : RC_INVAL);
        dynamodb_read_destroy(&r);
    }
    guarded_fini(&g);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_items_that_are_refused),
        cmocka_unit_test(test_a_hundred_keys),
        cmocka_unit_test(test_batches_that_are_refused),
        cmocka_unit_test(test_long_expressions),
        cmocka_unit_test(test_cut_at_every_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
