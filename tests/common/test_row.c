/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row.h"

#include "tests/support/named_csv.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* Features a, b, c in the model; the header has them in another order. */
static struct schema *
abc_schema(void)
{
    const struct str name[] = {STR("a"), STR("b"), STR("c")};
    struct schema *s;
    struct err e;

    assert_int_equal(schema_create(&s, name, 3, &e), RC_OK);
    return s;
}

static struct row_plan *
abc_plan(const char *header)
{
    struct schema *s = abc_schema();
    struct row_plan *p = NULL;
    struct err e = {""};
    enum rc rc = row_plan_create(&p, NAMED_CSV(s, NULL), str_of(header), &e);

    schema_destroy(&s);
    if (rc != RC_OK) {
        fail_msg("%s", e.text);
    }
    return p;
}

struct parsed {
    enum row_fault fault;
    char id[1024];
    float x[3];
    struct row_where where;
    char text[256];
};

/*
 * The line ends where its page ends, so that a read behind it is a crash.
 */
static struct parsed
parse_at_page_end(const struct row_plan *plan, struct str line)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t room = (line.len + page) / page * page;
    char *map = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *scratch = malloc(line.len + 1);
    struct parsed got = {.fault = ROW_OK};
    struct str id = {NULL, 0};

    assert_ptr_not_equal(map, MAP_FAILED);
    assert_int_equal(mprotect(map + room, page, PROT_NONE), 0);
    memcpy(map + room - line.len, line.p, line.len);
    line.p = map + room - line.len;
    got.fault = row_parse_csv(plan, line, scratch, &id, got.x, &got.where);
    if (got.fault == ROW_OK) {
        assert_true(str_copy(id, got.id, sizeof(got.id)));
    } else {
        row_fault_text(plan, got.fault, &got.where, got.text, sizeof(got.text));
    }
    free(scratch);
    munmap(map, room + page);
    return got;
}

static struct parsed
parse(const struct row_plan *plan, const char *line)
{
    return parse_at_page_end(plan, str_of(line));
}

static uint32_t
bits(float x)
{
    uint32_t u;

    memcpy(&u, &x, sizeof(u));
    return u;
}

static void
test_columns_by_name(void **state)
{
    struct row_plan *p = abc_plan("c,user_id,a,b");
    struct parsed got = parse(p, "3.5,u-1,1,-2e-3");

    (void)state;
    assert_int_equal(row_plan_cells(p), 4);
    assert_int_equal(got.fault, ROW_OK);
    assert_string_equal(got.id, "u-1");
    assert_true(got.x[0] == 1.0f && got.x[1] == -2e-3f && got.x[2] == 3.5f);
    row_plan_destroy(&p);
    assert_null(p);
    row_plan_destroy(&p);
}

static void
test_missing_values(void **state)
{
    static const char *const missing[] = {"",     "NA",     "nan",  "NULL",
                                          "null", "\"NA\"", "\"\"", " NaN "};
    struct row_plan *p = abc_plan("id,a,b,c");
    char line[64];

    (void)state;
    for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
        struct parsed got;

        snprintf(line, sizeof(line), "u,%s,0,%s", missing[i], missing[i]);
        got = parse(p, line);
        assert_int_equal(got.fault, ROW_OK);
        assert_int_equal(bits(got.x[0]), 0x7fc00000);
        assert_int_equal(bits(got.x[1]), 0);
        assert_int_equal(bits(got.x[2]), 0x7fc00000);
    }
    row_plan_destroy(&p);
}

static void
test_faults(void **state)
{
    static const struct {
        const char *line;
        enum row_fault fault;
        const char *text;
    } want[] = {
        {"u,1,2", ROW_RAGGED, "row has 3 cells, the header 4"},
        {"u,1,2,3,4", ROW_RAGGED, "row has 5 cells, the header 4"},
        {"\"u\",1,2,3,4", ROW_RAGGED, "row has 5 cells, the header 4"},
        {"", ROW_RAGGED, "row has 1 cells, the header 4"},
        {"u,1,two,3", ROW_TEXT, "column 'b': 'two' is not a number"},
        {"u,1,2,1-2", ROW_TEXT, "column 'c': '1-2' is not a number"},
        {"u,1,2,0x10", ROW_TEXT, "column 'c': '0x10' is not a number"},
        {"u,1,2,+", ROW_TEXT, "column 'c': '+' is not a number"},
        {"u,-inf,2,3", ROW_INF,
         "column 'a': '-inf' is infinite or too large for float32"},
        {"u,1,2,1e39", ROW_INF,
         "column 'c': '1e39' is infinite or too large for float32"},
        {"u,1,2,Infinity", ROW_INF,
         "column 'c': 'Infinity' is infinite or too large for float32"},
        {",1,2,3", ROW_NO_ID, "column 'id': the id is empty"},
        {"\"\",1,2,3", ROW_NO_ID, "column 'id': the id is empty"},
        {"\"u,1,2,3", ROW_QUOTE,
         "column 'id': a quote is not closed, or has text behind it"},
        {"u,1,\"2\"x,3", ROW_QUOTE,
         "column 'b': a quote is not closed, or has text behind it"},
    };
    struct row_plan *p = abc_plan("id,a,b,c");

    (void)state;
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        struct parsed got = parse(p, want[i].line);

        assert_int_equal(got.fault, want[i].fault);
        assert_string_equal(got.text, want[i].text);
    }
    row_plan_destroy(&p);
}

static void
test_id_length(void **state)
{
    struct row_plan *p = abc_plan("id,a,b,c");
    char line[600];
    struct parsed got;

    (void)state;
    memset(line, 'i', sizeof(line));
    snprintf(line + 512, 8, ",1,2,3");
    assert_int_equal(parse(p, line).fault, ROW_OK);
    line[512] = 'i';
    snprintf(line + 513, 8, ",1,2,3");
    got = parse(p, line);
    assert_int_equal(got.fault, ROW_LONG_ID);
    assert_string_equal(got.text,
                        "column 'id': the id has 513 bytes, at most 512");
    row_plan_destroy(&p);
}

static void
test_quotes(void **state)
{
    struct row_plan *p = abc_plan("\"id\",\"a\",b,\"c\"");
    struct parsed got = parse(p, "\"a,\"\"b\"\"\",1,\"2\",3\r");

    (void)state;
    assert_int_equal(got.fault, ROW_OK);
    assert_string_equal(got.id, "a,\"b\"");
    assert_true(got.x[0] == 1 && got.x[1] == 2 && got.x[2] == 3);
    got = parse(p, "5\" pipe,1,2,3");
    assert_int_equal(got.fault, ROW_OK);
    assert_string_equal(got.id, "5\" pipe");
    row_plan_destroy(&p);
}

/* Wherever the 64-byte blocks cut the line, the answer is the same. */
static void
test_block_edges(void **state)
{
    struct row_plan *p = abc_plan("id,a,b,c");
    char line[256];

    (void)state;
    for (int n = 1; n < 140; n++) {
        struct parsed got;

        snprintf(line, sizeof(line), "%0*d,%d.25,-7,1e3", n, 1, n);
        got = parse(p, line);
        assert_int_equal(got.fault, ROW_OK);
        assert_int_equal(strlen(got.id), n);
        assert_true(got.x[0] == (float)n + 0.25f && got.x[1] == -7 &&
                    got.x[2] == 1000);
    }
    row_plan_destroy(&p);
}

/* Every prefix of a row is read or refused without a look behind its end. */
static void
test_cut_everywhere(void **state)
{
    static const char line[] = "\"u\"\"1\",1.5,\"-2\",1538";
    struct row_plan *p = abc_plan("id,a,b,c");

    (void)state;
    for (size_t n = 0; n < sizeof(line) - 1; n++) {
        struct parsed got = parse_at_page_end(p, (struct str){line, n});

        assert_true(got.fault == ROW_OK || got.text[0] != '\0');
        assert_int_equal(got.fault == ROW_OK, n >= 16);
    }
    row_plan_destroy(&p);
}

static void
test_id_column(void **state)
{
    struct schema *s = abc_schema();
    struct row_plan *p;
    struct parsed got;
    struct err e;

    (void)state;
    assert_int_equal(
        row_plan_create(&p, NAMED_CSV(s, "session"), STR("a,session,b,c"), &e),
        RC_OK);
    got = parse(p, "1,me,2,3");
    assert_string_equal(got.id, "me");
    row_plan_destroy(&p);
    assert_int_equal(
        row_plan_create(&p, NAMED_CSV(s, "1"), STR("a,session,b,c"), &e),
        RC_OK);
    got = parse(p, "1,me,2,3");
    assert_string_equal(got.id, "me");
    row_plan_destroy(&p);
    /* a feature may be the id as well, when it is named */
    assert_int_equal(row_plan_create(&p, NAMED_CSV(s, "b"), STR("a,b,c"), &e),
                     RC_OK);
    got = parse(p, "1,2,3");
    assert_string_equal(got.id, "2");
    assert_true(got.x[1] == 2);
    row_plan_destroy(&p);
    schema_destroy(&s);
}

static void
test_byte_order_mark(void **state)
{
    struct row_plan *p = abc_plan("\xef\xbb\xbf"
                                  "id,a,b,c\r");

    (void)state;
    assert_int_equal(parse(p, "u,1,2,3").fault, ROW_OK);
    row_plan_destroy(&p);
}

static void
test_record_len(void **state)
{
    static const struct {
        const char *data;
        size_t len;
        size_t at_end; /* 0: the same, or all */
    } want[] = {
        {"", 0},
        {"a,b", 0},
        {"a,b\nc", 4},
        {"a,b\r\nc", 5},
        {"\n\n", 1},
        {"\"a\nb\",c\nd", 8},
        {"\"a\"\"\n\"\"b\",c\nd", 12},
        {"5\" pipe,c\nd\"\n", 10},
        {"x,\"open\nand open\n", 0, 8},
        {"x,\"open\nu,\"1\"\n", 8, 8},
        {"x,\"a\" b\nc\n", 8, 8},
        {"\"a\nb\",\"c\nd,e\n", 0, 9},
        {"\"a\nb\",\"c\nd,\"e\n", 9, 9},
        {"x,\"a\nb\"", 0, 7},
        {"x,\"a\n", 0, 5},
        {"x,\"a", 0, 4},
        {"x,\"\"\ny\n", 5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        struct str data = str_of(want[i].data);
        size_t len = want[i].at_end != 0 ? want[i].at_end
                     : want[i].len != 0  ? want[i].len
                                         : data.len;

        assert_int_equal(row_record_len(data, false), want[i].len);
        assert_int_equal(row_record_len(data, true), len);
    }
}

/* A second id, which other tests have no room for. */
static void
test_items(void **state)
{
    struct schema *s = abc_schema();
    struct row_spec spec = *NAMED_CSV(s, NULL);
    struct row_plan *p;
    struct row_where where;
    struct str id[2];
    char scratch[64], text[128];
    float x[3];

    (void)state;
    spec.item_column = "sku";
    assert_int_equal(row_plan_create(&p, &spec, STR("sku,a,b,c,user_id"), NULL),
                     RC_OK);
    assert_int_equal(
        row_parse(p, STR("\"i,1\",1,2,3,u"), scratch, id, x, &where), ROW_OK);
    assert_true(str_eq(id[0], STR("u")) && str_eq(id[1], STR("i,1")));
    assert_true(x[0] == 1 && x[2] == 3);
    assert_int_equal(row_parse(p, STR(",1,2,3,u"), scratch, id, x, &where),
                     ROW_NO_ID);
    row_fault_text(p, ROW_NO_ID, &where, text, sizeof(text));
    assert_string_equal(text, "column 'sku': the id is empty");
    row_plan_destroy(&p);
    spec.header = false;
    spec.id_column = "0";
    spec.item_column = "2";
    assert_int_equal(row_plan_create(&p, &spec, STR("u,1,i,2,3"), NULL), RC_OK);
    assert_int_equal(row_parse(p, STR("u,1,i,2,3"), scratch, id, x, &where),
                     ROW_OK);
    assert_true(str_eq(id[1], STR("i")) && x[1] == 2);
    row_plan_destroy(&p);
    spec.item_column = "5";
    assert_int_equal(row_plan_create(&p, &spec, STR("u,1,i,2,3"), NULL),
                     RC_REFUSED);
    schema_destroy(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_by_name),
        cmocka_unit_test(test_missing_values),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_id_length),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_block_edges),
        cmocka_unit_test(test_cut_everywhere),
        cmocka_unit_test(test_id_column),
        cmocka_unit_test(test_byte_order_mark),
        cmocka_unit_test(test_record_len),
        cmocka_unit_test(test_items),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
