/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of invocations: what rows they give, and what they are refused with.
 */
#include "lookup/api/sagemaker_rows.h"

#include "tests/support/guarded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define NCOL 3
#define MOST 64

static struct schema *
make_schema(void)
{
    const struct str name[NCOL] = {STR("a"), STR("b"), STR("c")};
    struct schema *s;
    struct err e;

    CHECK(schema_create(&s, name, NCOL, &e) == RC_OK);
    return s;
}

struct given {
    size_t n;
    float x[MOST * NCOL];
    struct sagemaker_fault fault;
};

/* The body ends at a protected page; block: rows asked for at once. */
static struct given
read_all(enum sagemaker_form form, struct str body, size_t block)
{
    struct schema *schema = make_schema();
    struct given g = {.n = 0};
    struct sagemaker_rows r;
    struct guarded page;
    size_t n;
    enum rc rc;

    guarded_init(&page, body.len);
    rc = sagemaker_rows_init(&r, form, schema, guarded_copy(&page, body));
    do {
        assert_true(g.n + block <= MOST);
        n = 0;
        if (rc == RC_OK) {
            rc = sagemaker_rows_next(&r, g.x + g.n * NCOL, block, &n);
        }
        g.n += n;
    } while (n > 0);
    assert_true(rc == RC_OK || rc == RC_REFUSED);
    assert_true((rc == RC_OK) == (r.fault.status == 0));
    g.fault = r.fault;
    sagemaker_rows_fini(&r);
    guarded_fini(&page);
    schema_destroy(&schema);
    return g;
}

struct wanted {
    struct str body;
    int status; /* 0: rows */
    const char *says;
    size_t n;
    float x[4 * NCOL];
};

#define ROWS(body, n, ...)                                                     \
    {                                                                          \
        STR(body), 0, NULL, n,                                                 \
        {                                                                      \
            __VA_ARGS__                                                        \
        }                                                                      \
    }
#define FAULT(body, status, says)                                              \
    {                                                                          \
        STR(body), status, says, 0,                                            \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }

static void
expect(enum sagemaker_form form, const struct wanted *w)
{
    for (size_t block = 1; block < 4; block++) {
        struct given g = read_all(form, w->body, block);

        if (g.fault.status != w->status) {
            fail_msg("'%.*s': %d %s", STR_ARG(w->body), g.fault.status,
                     g.fault.why.text);
        }
        if (w->status != 0) {
            if (strstr(g.fault.why.text, w->says) == NULL) {
                fail_msg("%s", g.fault.why.text);
            }
            continue;
        }
        assert_int_equal(g.n, w->n);
        for (size_t i = 0; i < g.n * NCOL; i++) {
            assert_true(isnan(w->x[i]) ? isnan(g.x[i]) : g.x[i] == w->x[i]);
        }
    }
}

/* Cut anywhere, a body gives rows or a fault, and reads nothing behind it. */
static void
expect_all(enum sagemaker_form form, const struct wanted *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        expect(form, &w[i]);
        for (size_t cut = 0; cut < w[i].body.len; cut++) {
            read_all(form, (struct str){w[i].body.p, cut}, 2);
        }
    }
}

#define EXPECT_ALL(form, w) expect_all(form, w, sizeof(w) / sizeof((w)[0]))

static void
test_csv(void **state)
{
    static const struct wanted w[] = {
        ROWS("1,2,3", 1, 1, 2, 3),
        ROWS(" 1,2,3\r\n4,nan,6\r\n\n", 2, 1, 2, 3, 4, NAN, 6),
        ROWS("1,,3\n,,", 2, 1, NAN, 3, NAN, NAN, NAN),
        ROWS("1;2;3\n1_0; +5e-1 ;-6", 2, 1, 2, 3, 10, .5f, -6),
        ROWS("1\t2", 1, 1, 2, NAN),
        ROWS("1 2 3", 1, 1, 2, 3),
        ROWS("1:2:3", 1, 1, 2, 3),
        ROWS("1|2|3", 1, 1, 2, 3),
        ROWS("1, 2, 3", 1, 1, 2, 3),
        ROWS("42.5\n\n7", 3, 42.5f, NAN, NAN, NAN, NAN, NAN, 7, NAN, NAN),
        ROWS("5", 1, 5, NAN, NAN),
        ROWS("1\0,2\0\0,3", 1, 1, 2, 3),
        FAULT("5.1|3.5|1.4", 415, "could not convert string to float: '1|3'"),
        FAULT("1,abc,3", 415, "to float: 'abc' (row 1, column 2)"),
        FAULT("1,2,3\n1,2,NA", 415, "to float: 'NA' (row 2, column 3)"),
        FAULT("a,b,c\n1,2,3", 415, "to float: 'a' (row 1, column 1)"),
        FAULT("\"1\",2,3", 415, "to float: '\"1\"' (row 1, column 1)"),
        FAULT("1, ,3", 415, "to float: ' '"),
        FAULT("1,<b>,3", 415, "to float: '?b?'"),
        FAULT("1,0x10,3", 415, "to float: '0x10'"),
        FAULT("\xef\xbb\xbf"
              "1,2,3",
              415, "to float"),
        FAULT("1,inf,3", 415, "contains `inf`"),
        FAULT("1,-1e400,3", 415, "contains `inf`"),
        FAULT("1,2,3\n4,5", 415, "row 2 has 2 columns, the first 3"),
        FAULT("1,2,3\n\n4,5,6", 415, "row 2 has 1 columns"),
        FAULT("1,2,3,4\n1,2,3,4", 400, "4, and the model has 3"),
        FAULT("1,2,3,4\n1,2,3,x", 415, "'x' (row 2, column 4)"),
        FAULT("1,2,3,4\n1,2,3", 415, "row 2 has 3 columns"),
        FAULT(" \n ", 415, "Could not determine delimiter"),
        FAULT("\xff\xff", 415, "Could not determine delimiter"),
    };

    (void)state;
    EXPECT_ALL(SAGEMAKER_CSV, w);
}

static void
test_libsvm(void **state)
{
    static const struct wanted w[] = {
        ROWS("0:1 1:2 2:3", 1, 1, 2, 3),
        ROWS("7 0:1\n1 2:3 # 1:5\r\n", 2, 1, NAN, NAN, NAN, 5, 3),
        ROWS("0:1\n1\n\n2:0", 4, 1, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN,
             NAN, 0),
        ROWS("1:2.5 0:1", 1, 1, 2.5f, NAN),
        ROWS("0:1 0:2 2:nan", 1, 3, NAN, NAN),
        ROWS("0:1:9 x y", 1, 1, NAN, NAN),
        ROWS("-0:1", 1, 1, NAN, NAN),
        ROWS("0:1\nlabel", 1, 1, NAN, NAN),
        FAULT("1,2,3", 415, "cannot infer dimensions"),
        FAULT("", 415, "cannot infer dimensions"),
        FAULT("0:abc", 415, "to float: 'abc' (row 1)"),
        FAULT("0:", 415, "to float: ''"),
        FAULT("0:1\t1:2", 415, "to float"),
        FAULT("0:inf", 415, "contains `inf`"),
        FAULT("0:3e38 0:3e38", 415, "contains `inf`"),
        FAULT("1 qid:7 0:1", 415, "base 10: 'qid' (row 1)"),
        FAULT("-1:5", 415, "negative column index"),
        FAULT("0:1 3:9", 400, "4, and the model has 3"),
        FAULT("9:1\n0:x", 415, "'x' (row 2)"),
        FAULT("18446744073709551615:1", 400, "the model has 3"),
        FAULT("18446744073709551616:1", 415, "invalid literal"),
    };

    (void)state;
    EXPECT_ALL(SAGEMAKER_LIBSVM, w);
}

static void
test_json(void **state)
{
    static const struct wanted w[] = {
        ROWS("{\"instances\":[{\"features\":[1,2,3]}]}", 1, 1, 2, 3),
        ROWS(
            " { \"instances\" : [ {\"features\": [1.5, null]}, [ ], [-2e1] ] }",
            3, 1.5f, NAN, NAN, NAN, NAN, NAN, -20, NAN, NAN),
        ROWS("{\"inst\\u0061nces\":[[1]]}", 1, 1, NAN, NAN),
        FAULT("", 400, "'' where '{' is expected"),
        FAULT("{\"instances\":[]}", 400, "']' where a row is expected"),
        FAULT("{\"instances\":[1]}", 400, "'1' where a row is expected"),
        FAULT("{\"rows\":[[1]]}", 400, "'rows' where \"instances\""),
        FAULT("{\"instances\":[{\"data\":[1]}]}", 400, "\"features\" is"),
        FAULT("{\"instances\":[[1,\"2\"]]}", 400, "a number or null"),
        FAULT("{\"instances\":[[1e39]]}", 400, "a number or null"),
        FAULT("{\"instances\":[[1 2]]}", 400, "',' or ']'"),
        FAULT("{\"instances\":[[1,]]}", 400, "a number or null"),
        FAULT("{\"instances\":[[1]]", 400, "'}' is expected"),
        FAULT("{\"instances\":[[1]],\"a\":1}", 400, "'}' is expected"),
        FAULT("{\"instances\":[[1]]}]", 400, "the end is expected"),
        FAULT("{\"instances\":[[[[1]]]]}", 400, "a number or null"),
        FAULT("{\"instances\":[[1,2,3,4]]}", 400, "the model has 3"),
    };

    (void)state;
    EXPECT_ALL(SAGEMAKER_JSON, w);
}

static void
test_jsonl(void **state)
{
    static const struct wanted w[] = {
        ROWS("{\"features\":[1,2,3]}\r\n{\"features\":[4]}\n", 2, 1, 2, 3, 4,
             NAN, NAN),
        ROWS("[1,null,3]", 1, 1, NAN, 3),
        FAULT("", 400, "a row is expected"),
        FAULT("[1]\n\n[2]", 400, "a row is expected (row 2)"),
        FAULT("[1] [2]", 400, "the end is expected"),
        FAULT("[1]\n[1,2,3,4]", 400, "the model has 3"),
    };

    (void)state;
    EXPECT_ALL(SAGEMAKER_JSONL, w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_libsvm),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_jsonl),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
