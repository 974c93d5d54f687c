/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/source_list.h"

#include "tests/support/folder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void
directory_in_order_of_bytes(void **state)
{
    struct folder *f = *state;
    char *b = folder_file(f, "b.csv", STR("id,x\n2,3\n"));
    char *a = folder_file(f, "a10.csv", STR("id,x\n"));
    char *c = folder_file(f, "a2.csv", STR("\xef\xbb\xbfid,x\r\n1,2\n"));
    char *hidden = folder_file(f, ".hidden", STR(""));
    char *dir = f->path;
    struct source_list list;

    assert_int_equal(source_list_init(&list, &dir, 1, false, NULL), RC_OK);
    assert_int_equal(list.n, 3);
    assert_string_equal(list.item[0].path, a);
    assert_string_equal(list.item[1].path, c);
    assert_string_equal(list.item[2].path, b);
    assert_true(str_eq(list.item[1].header, STR("id,x")));
    assert_int_equal(list.item[1].data_offset, 9);
    assert_int_equal(list.item[1].data_line, 2);
    assert_int_equal(list.size, 5 + 13 + 9);
    source_list_fini(&list);
    free(a);
    free(b);
    free(c);
    free(hidden);
}

static void
oldest_input_counts(void **state)
{
    char *a = folder_file(*state, "a.csv", STR("id,x\n"));
    char *b = folder_file(*state, "b.csv", STR("id,x\n"));
    struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    char *both[] = {a, b};
    struct source_list list;

    assert_int_equal(utimensat(AT_FDCWD, b, old, 0), 0);
    assert_int_equal(source_list_init(&list, both, 2, false, NULL), RC_OK);
    assert_int_equal(list.oldest_us, 1000000000);
    source_list_fini(&list);
    free(a);
    free(b);
}

static void
refused(void **state, const char *name, struct str content, enum rc rc,
        const char *says)
{
    char *path = folder_file(*state, name, content);
    struct source_list list;
    struct err e = {""};

    assert_int_equal(source_list_init(&list, &path, 1, false, &e), rc);
    assert_non_null(strstr(e.text, says));
    assert_non_null(strstr(e.text, name));
    source_list_fini(&list);
    free(path);
}

static void
what_cannot_be_input(void **state)
{
    struct source_list list;
    struct err e = {""};
    char *none = (char *)"/nowhere/none.csv";

    refused(state, "empty.csv", STR(""), RC_REFUSED, "empty");
    refused(state, "x.gz", STR("\x1f\x8b!!"), RC_REFUSED, "damaged");
    refused(state, "x.zst", STR("\x28\xb5\x2f\xfd"), RC_REFUSED, "cut short");
    assert_int_equal(source_list_init(&list, &none, 1, false, &e), RC_IO);
    assert_non_null(strstr(e.text, none));
    source_list_fini(&list);
}

/* What came with the header is given first, then the rest. */
static void
stream_in_small_reads(void **state)
{
    char *path, got[64] = "";
    size_t len = 0, n = 1;
    struct source_list list;
    struct stop stop = {0};
    FILE *writer;

    assert_true(asprintf(&path, "%s/pipe", ((struct folder *)*state)->path) >
                0);
    assert_int_equal(mkfifo(path, 0600), 0);
    writer = fopen(path, "r+"); /* does not wait for a reader */
    assert_non_null(writer);
    fputs("id,x\n1,2\n3,4\n", writer);
    fflush(writer);
    assert_int_equal(source_list_init(&list, &path, 1, false, NULL), RC_OK);
    fputs("5,6\n", writer);
    fclose(writer);
    assert_int_equal(list.size, 0);
    assert_int_equal(source_open(&list.item[0], NULL), RC_OK);
    while (n > 0) {
        assert_int_equal(
            source_read(&list.item[0], got + len, 3, &n, &stop, NULL), RC_OK);
        len += n;
    }
    assert_string_equal(got, "1,2\n3,4\n5,6\n");
    source_list_fini(&list);
    free(path);
}

static int
set_up(void **state)
{
    struct folder *f = malloc(sizeof(*f));

    folder_init(f);
    *state = f;
    return 0;
}

static int
tear_down(void **state)
{
    folder_fini(*state);
    free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(directory_in_order_of_bytes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(oldest_input_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_input, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(stream_in_small_reads, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
