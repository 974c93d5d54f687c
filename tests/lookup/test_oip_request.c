/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_request.h"

#include "tests/support/guarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define NONE ((struct str){NULL, 0})
#define NCOL 3

static void
test_rows(void **state)
{
    struct oip_fault fault;
    struct oip_request r;

    (void)state;
    assert_int_equal(
        oip_request_read(
            &r,
            STR("{\"id\":\"7\",\"inputs\":[{\"name\":\"x\",\"shape\":[2,1],"
                "\"datatype\":\"INT64\",\"data\":[1,2],\"parameters\":"
                "{\"content_type\":\"np\"}}],\"outputs\":[{\"name\":\"source\"}"
                ","
                "{\"name\":\"predict\",\"parameters\":{\"binary_data\":false}}"
                "],\"parameters\":{\"binary_data_output\":true}}"),
            NONE, NCOL, &fault),
        RC_OK);
    assert_string_equal(r.id, "7");
    assert_int_equal(r.input.datatype, OIP_INT64);
    assert_int_equal(r.input.shape[0], 2);
    assert_int_equal(r.input.shape[1], 1);
    assert_non_null(r.input.data);
    assert_false(r.by_user);
    assert_int_equal(r.nwanted, 2);
    assert_int_equal(r.wanted[0].what, OIP_SOURCE);
    assert_true(r.wanted[0].binary);
    assert_int_equal(r.wanted[1].what, OIP_PREDICT);
    assert_false(r.wanted[1].binary);
    oip_request_fini(&r);
}

#define USERS                                                                  \
    "{\"inputs\":[{\"name\":\"user_id\",\"shape\":[1],\"datatype\":\"BYTES\"," \
    "\"parameters\":{\"binary_data_size\":5}}]}"

/* JSON and tensor, cut at every byte, announced as they are and wrongly. */
static void
test_binary_tail(void **state)
{
    struct str json = STR(USERS), whole = STR(USERS "\1\0\0\0a");
    struct oip_fault fault;
    struct oip_request r;
    struct guarded g;
    char n[32];

    (void)state;
    guarded_init(&g, whole.len);
    snprintf(n, sizeof(n), "%zu", json.len);
    for (size_t len = 0; len <= whole.len; len++) {
        struct str body = guarded_copy(&g, (struct str){whole.p, len});
        enum rc rc = oip_request_read(&r, body, str_of(n), NCOL, &fault);

        assert_int_equal(rc, len == whole.len ? RC_OK : RC_INVAL);
        assert_true(rc == RC_OK || fault.status == 400);
        if (rc == RC_OK) {
            assert_true(r.by_user);
            assert_true(str_eq(r.input.binary, STR("\1\0\0\0a")));
            oip_request_fini(&r);
        }
        assert_int_equal(oip_request_read(&r, body, NONE, NCOL, &fault),
                         RC_INVAL);
    }
    assert_int_equal(oip_request_read(&r, whole, STR("x"), NCOL, &fault),
                     RC_INVAL);
    assert_int_equal(oip_request_read(&r, whole, STR("0"), NCOL, &fault),
                     RC_INVAL);
    guarded_fini(&g);
}

#define INPUT(members) "{\"inputs\":[{" members "}]}"
#define SQUARE         "\"name\":\"x\",\"shape\":[1,1],"
#define ROWS           SQUARE "\"datatype\":\"FP32\",\"data\":[1]"

static void
test_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "[]",
        "{}",
        "{\"inputs\":{}}",
        "{\"inputs\":[]}",
        "{\"inputs\":[1]}",
        "{\"inputs\":[{" ROWS "},{" ROWS "}]}",
        INPUT("\"name\":1,\"shape\":[1,1],\"datatype\":\"FP32\",\"data\":[1]"),
        INPUT("\"name\":\"x\",\"shape\":[1,1],\"datatype\":\"X\",\"data\":[]"),
        INPUT("\"name\":\"x\",\"shape\":[1,1],\"data\":[1]"),
        INPUT("\"name\":\"x\",\"datatype\":\"FP32\",\"data\":[1]"),
        INPUT("\"name\":\"x\",\"shape\":[],\"datatype\":\"FP32\",\"data\":[1]"),
        INPUT("\"name\":\"x\",\"shape\":[1,0],\"datatype\":\"FP32\","
              "\"data\":[1]"),
        INPUT("\"name\":\"x\",\"shape\":[1,1e7],\"datatype\":\"FP32\","
              "\"data\":[1]"),
        INPUT("\"name\":\"x\",\"shape\":[1,\"1\"],\"datatype\":\"FP32\","
              "\"data\":[1]"),
        INPUT("\"name\":\"x\",\"shape\":[1,1,1],\"datatype\":\"FP32\","
              "\"data\":[1]"),
        INPUT("\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\","
              "\"data\":[1]"),
        INPUT("\"name\":\"x\",\"shape\":[1,1],\"datatype\":\"FP32\""),
        INPUT("\"name\":\"x\",\"shape\":[1,1],\"datatype\":\"FP32\","
              "\"data\":1"),
        INPUT(ROWS ",\"parameters\":{\"binary_data_size\":0}"),
        INPUT("\"name\":\"user_id\",\"shape\":[1,1],\"datatype\":\"BYTES\","
              "\"data\":[\"u\"]"),
        INPUT("\"name\":\"user\",\"shape\":[1],\"datatype\":\"BYTES\","
              "\"data\":[\"u\"]"),
        "{\"id\":1,\"inputs\":[{" ROWS "}]}",
        "{\"outputs\":{},\"inputs\":[{" ROWS "}]}",
        "{\"outputs\":[1],\"inputs\":[{" ROWS "}]}",
        "{\"outputs\":[{}],\"inputs\":[{" ROWS "}]}",
        "{\"outputs\":[{\"name\":\"x\"}],\"inputs\":[{" ROWS "}]}",
        "{\"outputs\":[{\"name\":\"predict\"},{\"name\":\"predict\"}],"
        "\"inputs\":[{" ROWS "}]}",
        "{\"outputs\":[{\"name\":\"predict\",\"parameters\":"
        "{\"binary_data\":1}}],\"inputs\":[{" ROWS "}]}",
        "{\"parameters\":{\"binary_data_output\":\"x\"},\"inputs\":[{" ROWS
        "}]}",
    };
    struct oip_fault fault;
    struct oip_request r;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fault.why.text[0] = '\0';
        if (oip_request_read(&r, str_of(cases[i]), NONE, NCOL, &fault) ==
            RC_OK) {
            fail_msg("%s", cases[i]);
        }
        assert_int_equal(fault.status, 400);
        assert_true(fault.why.text[0] != '\0');
        assert_null(r.root);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_binary_tail),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
