/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/chunk.h"

#include "batchgen/source_list.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* All chunks of a file, one behind the other; what each says is checked. */
static void
cut(const struct folder *f, struct str content, size_t at_least_chunks)
{
    struct stop stop = {0};
    char *path = folder_file(f, "input.csv", content);
    struct source_list list;
    struct chunk *c = chunk_create();
    struct cutter cutter;
    size_t n = 0, at;
    bool any = true;
    struct err e = {""};

    assert_int_equal(source_list_init(&list, &path, 1, false, &e), RC_OK);
    assert_int_equal(source_open(&list.item[0], &e), RC_OK);
    at = list.item[0].data_offset;
    cutter_init(&cutter, &list.item[0], &stop);
    while (any) {
        assert_int_equal(cutter_next(&cutter, c, &any, &e), RC_OK);
        if (any) {
            uint64_t line = 1;

            for (size_t i = 0; i < at; i++) {
                line += content.p[i] == '\n' ? 1 : 0;
            }
            assert_int_equal(c->offset, at);
            assert_int_equal(c->line, line);
            assert_memory_equal(c->data.p, content.p + at, c->data.len);
            at += c->data.len;
            assert_true(at == content.len || content.p[at - 1] == '\n');
            n++;
        }
    }
    assert_int_equal(at, content.len);
    assert_true(n >= at_least_chunks);
    cutter_fini(&cutter);
    chunk_destroy(&c);
    source_list_fini(&list);
    free(path);
}

static void
small_files(void **state)
{
    struct folder *f = *state;

    cut(f, STR("id,a"), 0);
    cut(f, STR("id,a\n"), 0);
    cut(f, STR("id,a\n1,2"), 1);
    cut(f, STR("id,a\n1,2\n"), 1);
    cut(f, STR("id,a\r\n1,2\r\n\r\n3,4"), 1);
    cut(f, STR("id,\"a\nb\"\n1,\"2\n3\"\n"), 1);
}

static void
long_file(void **state)
{
    struct buf text;

    buf_init(&text, 16 << 20);
    buf_c(&text, "id,a\n");
    for (int i = 0; i < 100000; i++) {
        buf_printf(&text, "user%d,%d\n", i, i * 7);
    }
    cut(*state, buf_view(&text), 4);
    buf_c(&text, "last,\"in\nquotes\"\n");
    for (int i = 0; i < 100000; i++) {
        buf_printf(&text, "user%d,\"%d\n\"\"%d\"\"\"\n", i, i, i);
    }
    cut(*state, buf_view(&text), 8);
    buf_fini(&text);
}

static void
record_longer_than_a_chunk(void **state)
{
    size_t len = 3 << 20;
    struct buf text;

    buf_init(&text, 16 << 20);
    buf_c(&text, "id,a\n1,");
    memset(buf_reserve(&text, len), '0', len);
    text.len += len;
    buf_c(&text, "1\n2,3\n");
    cut(*state, buf_view(&text), 1);
    buf_fini(&text);
}

/* head, 17 MiB of fill, and what the cutter says to the third chunk. */
static enum rc
third_chunk(struct folder *f, struct str head, char fill, struct chunk *c,
            struct err *e)
{
    struct stop stop = {0};
    size_t len = 17 << 20;
    struct source_list list;
    struct cutter cutter;
    struct buf text;
    enum rc rc = RC_OK;
    char *path;

    buf_init(&text, 32 << 20);
    buf_str(&text, head);
    memset(buf_reserve(&text, len), fill, len);
    text.len += len;
    path = folder_file(f, "open.csv", buf_view(&text));
    assert_int_equal(source_list_init(&list, &path, 1, false, e), RC_OK);
    assert_int_equal(source_open(&list.item[0], e), RC_OK);
    cutter_init(&cutter, &list.item[0], &stop);
    for (int i = 0; i < 3 && rc == RC_OK; i++) {
        bool any;

        rc = cutter_next(&cutter, c, &any, e);
        if (i == 1 && rc == RC_OK) {
            assert_true(str_eq(buf_view(&c->data), STR("\"3,\n")));
            assert_int_equal(c->line, 3);
        }
    }
    cutter_fini(&cutter);
    source_list_fini(&list);
    buf_fini(&text);
    free(path);
    return rc;
}

static void
quote_that_never_closes_spoils_its_line(void **state)
{
    struct chunk *c = chunk_create();
    struct err e = {""};

    assert_int_equal(
        third_chunk(*state, STR("id,a\n1,2\n\"3,\n4,5\n"), '\n', c, &e), RC_OK);
    assert_int_equal(c->line, 4);
    assert_false(c->quoted);
    assert_memory_equal(c->data.p, "4,5\n\n", 5);
    chunk_destroy(&c);
}

static void
line_that_never_ends_is_named(void **state)
{
    struct chunk *c = chunk_create();
    struct err e = {""};

    assert_int_equal(third_chunk(*state, STR("id,a\n1,2\n3,"), 'x', c, &e),
                     RC_REFUSED);
    assert_non_null(strstr(e.text, "open.csv:3:"));
    assert_int_equal(third_chunk(*state, STR("id,a\n1,2\n\"3,"), 'x', c, &e),
                     RC_REFUSED);
    assert_non_null(strstr(e.text, "open.csv:3:"));
    chunk_destroy(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_files),
        cmocka_unit_test(long_file),
        cmocka_unit_test(record_longer_than_a_chunk),
        cmocka_unit_test(quote_that_never_closes_spoils_its_line),
        cmocka_unit_test(line_that_never_ends_is_named),
    };

    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
