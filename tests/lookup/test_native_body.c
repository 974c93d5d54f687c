/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native_body.h"

#include "common/base/number.h"
#include "tests/support/guarded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define NCOL 3

/* A query whose generation has a schema and no more. */
struct row {
    struct generation gen;
    float x[NCOL];
    uint8_t known[NCOL];
    struct query q;
    struct body_fault fault;
};

static enum rc
read_body(struct row *r, struct str body)
{
    memset(r, 0, sizeof(*r));
    assert_int_equal(schema_from_json(&r->gen.schema,
                                      STR("[\"age\",\"\xc3\xa9\",\"b\"]"),
                                      NULL),
                     RC_OK);
    for (int i = 0; i < NCOL; i++) {
        r->x[i] = NAN;
    }
    r->q = (struct query){
        .gen = &r->gen, .ncol = NCOL, .x = r->x, .known = r->known};
    enum rc rc = native_body_read(body, &r->q, &r->fault);

    schema_destroy(&r->gen.schema);
    return rc;
}

static void
test_features(void **state)
{
    struct row r;

    (void)state;
    assert_int_equal(
        read_body(&r, STR("{\"features\":{\"\\u00e9\":-1.5,\"age\":null}}")),
        RC_OK);
    assert_int_equal(r.q.nnamed, 2);
    assert_true(r.known[0] && r.known[1] && !r.known[2]);
    assert_true(isnan(r.x[0]) && r.x[1] == -1.5f && isnan(r.x[2]));
    assert_false(r.q.partial);
    assert_int_equal(read_body(&r, STR("{\"partial\":true,\"features\":{}}")),
                     RC_OK);
    assert_true(r.q.partial);
    assert_int_equal(r.q.nnamed, 0);
}

/* A feature has the bits it would have in a batch's CSV. */
static void
test_numbers_as_in_a_batch(void **state)
{
    static const char *const numbers[] = {
        "1.00000017881393432617187499999999999999999",
        "16777217.0000000000000000000000000000000001",
        "340282356779733661637539395458142568447",
        "7.006492321624085354618647916449580656401309709382578858785e-46",
        "1e-46",
        "-0",
    };
    char body[160];

    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct row r;
        float want;

        snprintf(body, sizeof(body), "{\"features\":{\"b\":%s}}", numbers[i]);
        assert_int_equal(read_body(&r, str_of(body)), RC_OK);
        assert_true(number_parse_f32(str_of(numbers[i]), &want));
        assert_memory_equal(&r.x[2], &want, sizeof(want));
    }
}

static void
test_faults(void **state)
{
    static const struct {
        const char *body;
        enum reply_error error;
        const char *why;
    } t[] = {
        {"", REPLY_JSON, "byte 0"},
        {"{\"features\":{\"b\":01}}", REPLY_JSON, "not a JSON number"},
        {"{\"features\":{\"b\":1,\"b\":1}}", REPLY_JSON, "'b' is repeated"},
        {"3", REPLY_FIELD, "not an object"},
        {"{\"partial\":true}", REPLY_FIELD, "no \"features\""},
        {"{\"features\":null}", REPLY_FIELD, "\"features\" is not an object"},
        {"{\"Features\":{}}", REPLY_FIELD, "unknown field 'Features'"},
        {"{\"features\":{},\"partial\":null}", REPLY_FIELD, "\"partial\""},
        {"{\"features\":{\"c\":1}}", REPLY_UNKNOWN_FEATURE, "'c'"},
        {"{\"features\":{\"age \":1}}", REPLY_UNKNOWN_FEATURE, "'age '"},
        {"{\"features\":{\"b\":\"1\"}}", REPLY_BAD_FEATURE, "'b'"},
        {"{\"features\":{\"b\":[1]}}", REPLY_BAD_FEATURE, "'b'"},
        {"{\"features\":{\"b\":false}}", REPLY_BAD_FEATURE, "'b'"},
        {"{\"features\":{\"b\":-1e39}}", REPLY_BAD_FEATURE, "'b'"},
        {"{\"features\":{\"b\":1e999}}", REPLY_BAD_FEATURE, "'b'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct row r;

        assert_int_equal(read_body(&r, str_of(t[i].body)), RC_INVAL);
        assert_int_equal(r.fault.error, t[i].error);
        if (strstr(r.fault.why.text, t[i].why) == NULL) {
            fail_msg("%s: %s", t[i].body, r.fault.why.text);
        }
    }
}

static void
test_cut_at_every_byte(void **state)
{
    const struct str whole =
        STR("{\"features\":{\"age\":1.5e1,\"b\":null},\"partial\":true}");
    struct guarded g;

    (void)state;
    guarded_init(&g, whole.len);
    for (size_t len = 0; len <= whole.len; len++) {
        struct row r;

        assert_int_equal(
            read_body(&r, guarded_copy(&g, (struct str){whole.p, len})),
            len == whole.len ? RC_OK : RC_INVAL);
    }
    guarded_fini(&g);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_features),
        cmocka_unit_test(test_numbers_as_in_a_batch),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_cut_at_every_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
