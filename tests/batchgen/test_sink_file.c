/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/sink_file.h"

#include "batchgen/sink_text.h"
#include "tests/support/folder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static void
text_of(const struct sink_line *line, size_t noutput, const char *expected)
{
    static const float y[] = {0.1f, 2, 3, -0.5f};
    struct sink_row row[] = {{STR("a"), STR("1,2"), false},
                             {STR("b\"c,d"), STR("x"), true}};
    struct sink_rows rows = {.n = 2, .noutput = noutput, .y = y, .row = row};
    struct buf out;

    buf_init(&out, 1000);
    sink_text_rows(line, &rows, &out);
    buf_char(&out, '\0');
    assert_string_equal(out.p, expected);
    buf_fini(&out);
}

static void
test_lines(void **state)
{
    struct sink_line line = {.prediction = true, .delimiter = ','};

    (void)state;
    text_of(&line, 1, "0.1\nnan\n");
    text_of(&line, 2, "0.1,2\nnan,nan\n");
    line.sagemaker = true;
    text_of(&line, 1, "0.10000000149011612\nnan\n");
    text_of(&line, 2, "[0.10000000149011612, 2.0]\n[nan, nan]\n");
    line.sagemaker = false;
    line.id = true;
    line.input = true;
    text_of(&line, 1, "a,\"1,2\",0.1\n\"b\"\"c,d\",x,nan\n");
    line.cells = true;
    text_of(&line, 1, "a,1,2,0.1\n\"b\"\"c,d\",x,nan\n");
    line.delimiter = ';';
    text_of(&line, 1, "a;1,2;0.1\n\"b\"\"c,d\";x;nan\n");
    line.prediction = false;
    line.input = false;
    text_of(&line, 1, "a\n\"b\"\"c,d\"\n");
}

static void
test_leaves(void **state)
{
    static const float y[] = {0, 16777215};
    struct sink_line line = {
        .prediction = true, .leaves = true, .delimiter = ','};
    struct sink_row row = {.bad = false};
    struct sink_rows rows = {.n = 1, .noutput = 2, .y = y, .row = &row};
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    sink_text_rows(&line, &rows, &out);
    assert_true(str_eq(buf_view(&out), STR("0,16777215\n")));
    buf_fini(&out);
}

static bool
is_there(const struct folder *f, const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", f->path, name);
    return access(path, F_OK) == 0;
}

/* One chunk of a source into the sink. */
static enum rc
take(struct sink_file *s, struct source *source, uint64_t rejected, bool last,
     struct err *e)
{
    struct chunk *c = chunk_create();
    enum rc rc;

    c->source = source;
    c->read = 10;
    c->rejected = rejected;
    c->last = last;
    buf_c(&c->rows, "0.5\n");
    rc = s->sink.ops->take(&s->sink, c, e);
    chunk_destroy(&c);
    return rc;
}

static void
test_there_when_whole(void **state)
{
    struct folder f;
    struct source a = {.path = (char *)"in/a"}, b = {.path = (char *)"b"};
    struct sink_file s = {.limit = {.most = 3}, .rejected_path = "r.csv"};
    struct err e = {""};

    (void)state;
    folder_init(&f);
    s.folder = f.path;
    assert_int_equal(sink_file_init(&s, &e), RC_OK);
    assert_int_equal(take(&s, &a, 2, false, &e), RC_OK);
    assert_true(is_there(&f, ".a.part") && !is_there(&f, "a.out"));
    assert_int_equal(take(&s, &a, 1, true, &e), RC_OK);
    assert_true(!is_there(&f, ".a.part") && is_there(&f, "a.out"));
    assert_true(sink_file_is_whole(f.path, "other/a"));
    assert_int_equal(take(&s, &b, 4, true, &e), RC_REFUSED);
    assert_non_null(strstr(e.text, "4 of 10"));
    sink_file_fini(&s);
    assert_true(!is_there(&f, ".b.part") && !is_there(&f, "b.out"));
    assert_false(sink_file_is_whole(f.path, "b"));
    assert_int_equal(s.nfile, 1);
    folder_fini(&f);
}

static void
test_nowhere(void **state)
{
    struct sink_file s = {.folder = "/nowhere/out"};
    struct err e = {""};

    (void)state;
    assert_int_equal(sink_file_init(&s, &e), RC_IO);
    assert_non_null(strstr(e.text, "/nowhere/out"));
    sink_file_fini(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_leaves),
        cmocka_unit_test(test_there_when_whole),
        cmocka_unit_test(test_nowhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
