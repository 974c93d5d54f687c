/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/rejected.h"

#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void
limits(void **state)
{
    struct rejected_limit l;
    struct err e = {""};

    (void)state;
    assert_int_equal(rejected_limit_parse(&l, "5", &e), RC_OK);
    assert_int_equal(rejected_limit_check(&l, 5, 6, "f", &e), RC_OK);
    assert_int_equal(rejected_limit_check(&l, 6, 9, "f.csv", &e), RC_REFUSED);
    assert_non_null(strstr(e.text, "6 of 9 rows"));
    assert_non_null(strstr(e.text, "f.csv"));
    assert_int_equal(rejected_limit_parse(&l, "0.5%", &e), RC_OK);
    assert_int_equal(rejected_limit_check(&l, 1, 200, "f", &e), RC_OK);
    assert_int_equal(rejected_limit_check(&l, 1, 199, "f", &e), RC_REFUSED);
    assert_int_equal(rejected_limit_parse(&l, "0", &e), RC_OK);
    assert_int_equal(rejected_limit_check(&l, 0, 0, "f", &e), RC_OK);
}

static void
bad_limits(void **state)
{
    static const char *const bad[] = {"", "%", "x", "-1", "101%", "1%%", "1 %"};
    struct rejected_limit l;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(rejected_limit_parse(&l, bad[i], NULL), RC_INVAL);
    }
}

static void
lines_quote_what_they_hold(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    rejected_format(&out, "a\"b.csv", 7, 90, "why", STR("x,\"y\nz\","));
    rejected_format(&out, "c", 8, 99, "", STR(""));
    assert_true(str_eq(buf_view(&out),
                       STR("\"a\"\"b.csv\",7,90,\"why\",\"x,\"\"y\nz\"\",\"\n"
                           "\"c\",8,99,\"\",\"\"\n")));
    buf_fini(&out);
}

static void
each_input_brings_its_header(void **state)
{
    struct source a = {.path = (char *)"a", .header = STR("id,x")};
    struct source b = {.path = (char *)"b", .header = STR("x,id")};
    char *path = folder_file(*state, "out.csv", STR("of an earlier run"));
    struct rejected *r = rejected_create(path);
    struct chunk *c = chunk_create();
    char text[256] = "";
    FILE *file;

    c->source = &a;
    assert_int_equal(rejected_add(r, c, NULL), RC_OK); /* nothing in it */
    for (int i = 0; i < 3; i++) {
        c->source = i < 2 ? &a : &b;
        c->rejected = 1;
        buf_clear(&c->rejects);
        buf_printf(&c->rejects, "line %d\n", i);
        assert_int_equal(rejected_add(r, c, NULL), RC_OK);
    }
    assert_int_equal(rejected_finish(r, NULL), RC_OK);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
    fclose(file);
    assert_string_equal(text, "file,line,offset,reason,row\n"
                              "\"a\",1,0,\"header\",\"id,x\"\n"
                              "line 0\nline 1\n"
                              "\"b\",1,0,\"header\",\"x,id\"\n"
                              "line 2\n");
    chunk_destroy(&c);
    rejected_destroy(&r);
    free(path);
}

static void
nothing_rejected_no_file(void **state)
{
    struct rejected *r = rejected_create("/nowhere/at/all.csv");
    struct chunk *c = chunk_create();
    struct err e = {""};

    (void)state;
    assert_int_equal(rejected_add(r, c, &e), RC_OK);
    assert_int_equal(rejected_finish(r, &e), RC_OK);
    c->rejected = 1;
    assert_int_equal(rejected_add(r, c, &e), RC_IO);
    assert_non_null(strstr(e.text, "--rejected"));
    chunk_destroy(&c);
    rejected_destroy(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits),
        cmocka_unit_test(bad_limits),
        cmocka_unit_test(lines_quote_what_they_hold),
        cmocka_unit_test(each_input_brings_its_header),
        cmocka_unit_test(nothing_rejected_no_file),
    };

    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
