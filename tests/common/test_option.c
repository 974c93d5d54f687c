/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/option.h"
#include "tests/support/guarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DAY_NS UINT64_C(86400000000000)

#define JOB_OPTION(X)                                                          \
    X(threads, UINT, "4", "", 1, 256, "worker threads")                        \
    X(share, REAL, "0.5", "%", 0, 100, "of the users")                         \
    X(force, FLAG, NULL, "", 0, 0, "publish in spite of guards")               \
    X(no_publish, FLAG, NULL, "", 0, 0, "stop when ready")                     \
    X(redis, TEXT, "redis://127.0.0.1:6379", "URL", 0, 0,                      \
      "where the store is")                                                    \
    X(config, TEXT, NULL, "FILE", 0, 0, "read options from FILE")              \
    X(memory, SIZE, "64MiB", "", 4096, 1 << 30, "memory for records")          \
    X(max_age, DURATION, "1d", "s", 0, 0, "older answers are called stale")    \
    X(on_unknown, CHOICE, "404", "default|404", 0, 0,                          \
      "what an unknown user gets; this one is long enough to be wrapped")      \
    X(input, LIST, NULL, "PATH", 0, 0, "what to read")

struct job {
    JOB_OPTION(OPTION_FIELD)
};
#define OPTION_OWNER struct job

static const struct option_def defs[] = {JOB_OPTION(OPTION_DEF)};

struct fixture {
    struct job job;
    struct option_set set;
    struct err e;
    char *rest[16];
    int n_rest;
};

static int
setup(void **state)
{
    struct fixture *f = malloc(sizeof(*f));

    assert_non_null(f);
    memset(f, 0xa5, sizeof(*f));
    f->set = (struct option_set){
        .def = defs,
        .n = sizeof(defs) / sizeof(defs[0]),
        .into = &f->job,
    };
    *state = f;
    return option_defaults(&f->set, &f->e);
}

static int
teardown(void **state)
{
    struct fixture *f = *state;

    option_free(&f->set);
    free(f);
    return 0;
}

/* Words separated by blanks, as argv. */
static enum rc
parse(struct fixture *f, const char *words)
{
    static char text[512];
    char *argv[16];
    struct str rest = {text, strlen(words)};
    int argc = 0;

    assert_true(str_copy(str_of(words), text, sizeof(text)));
    while (rest.len > 0) {
        struct str word = str_cut(&rest, ' ');

        text[word.p - text + word.len] = '\0';
        argv[argc++] = text + (word.p - text);
    }
    return option_parse_argv(&f->set, argc, argv, f->rest, &f->n_rest, &f->e);
}

static void
assert_refused(struct fixture *f, const char *words, const char *message)
{
    assert_int_equal(parse(f, words), RC_INVAL);
    assert_string_equal(f->e.text, message);
}

static enum rc
read_text(struct fixture *f, const char *text)
{
    return option_parse_text(&f->set, "job.conf", str_of(text), &f->e);
}

static void
test_defaults(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(f->job.threads, 4);
    assert_false(f->job.force);
    assert_string_equal(f->job.redis, "redis://127.0.0.1:6379");
    assert_null(f->job.config);
    assert_int_equal(f->job.memory, 64 << 20);
    assert_int_equal(f->job.max_age, DAY_NS);
    assert_string_equal(f->job.on_unknown, "404");
    assert_int_equal(f->job.input.n, 0);
    assert_false(option_given(&f->set, "threads"));
}

static void
test_flags_of_every_type(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(parse(f, "score --threads 8 --memory=1KiB --force "
                              "--memory 8KiB --max-age 90 --on-unknown default "
                              "--no-publish --redis unix:/x=y"),
                     RC_INVAL);
    assert_int_equal(parse(f, "score --threads 8 --memory=8KiB --force "
                              "--share 1e-3 --max-age 90 --on-unknown default "
                              "--no-publish --redis unix:/x=y more"),
                     RC_OK);
    assert_int_equal(f->job.threads, 8);
    assert_int_equal(f->job.memory, 8192);
    assert_true(f->job.share == 1e-3);
    assert_true(f->job.force);
    assert_true(f->job.no_publish);
    assert_int_equal(f->job.max_age, UINT64_C(90000000000));
    assert_string_equal(f->job.on_unknown, "default");
    assert_string_equal(f->job.redis, "unix:/x=y");
    assert_int_equal(f->n_rest, 2);
    assert_string_equal(f->rest[0], "score");
    assert_string_equal(f->rest[1], "more");
    assert_true(option_given(&f->set, "max_age"));
    assert_false(option_given(&f->set, "input"));
}

static void
test_flags_are_undone_by_no(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(parse(f, "--force --no-force --no-no-publish"), RC_OK);
    assert_false(f->job.force);
    assert_false(f->job.no_publish);
    assert_true(option_given(&f->set, "force"));
    assert_int_equal(parse(f, "--force=true"), RC_OK);
    assert_true(f->job.force);
}

static void
test_lists_take_words_up_to_the_next_flag(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(parse(f, "--input a - --threads 2 x --input=c -- --input"),
                     RC_OK);
    assert_int_equal(f->job.input.n, 3);
    assert_string_equal(f->job.input.item[0], "a");
    assert_string_equal(f->job.input.item[1], "-");
    assert_string_equal(f->job.input.item[2], "c");
    assert_int_equal(f->n_rest, 2);
    assert_string_equal(f->rest[0], "x");
    assert_string_equal(f->rest[1], "--input");
    /* A later source replaces the list. */
    assert_int_equal(parse(f, "--input d"), RC_OK);
    assert_int_equal(f->job.input.n, 1);
    assert_string_equal(f->job.input.item[0], "d");
}

static void
test_messages_say_what_to_do(void **state)
{
    struct fixture *f = *state;

    assert_refused(f, "--thread 4",
                   "unknown flag --thread; did you mean --threads?");
    assert_refused(f, "--maxage=4",
                   "unknown flag --maxage; did you mean --max-age?");
    assert_refused(f, "--zzzzzzzz", "unknown flag --zzzzzzzz; see --help");
    assert_refused(f, "--threads 0", "--threads must be 1..256, got 0");
    assert_refused(f, "--threads two",
                   "--threads must be a whole number, got \"two\"");
    assert_refused(f, "--share half", "--share must be a number, got \"half\"");
    assert_refused(f, "--share nan", "--share must be a number, got \"nan\"");
    assert_refused(f, "--share 1%", "--share must be a number, got \"1%\"");
    assert_refused(f, "--share=", "--share must be a number, got \"\"");
    assert_refused(f, "--share 100.1", "--share must be 0..100, got 100.1");
    assert_refused(f, "--memory 2GiB", "--memory must be 4KiB..1GiB, got 2GiB");
    assert_refused(f, "--max-age soon",
                   "--max-age must be a time such as 250ms, 5s, 10m or 7d, "
                   "got \"soon\"");
    assert_refused(f, "--on-unknown 500",
                   "--on-unknown must be one of default|404, got \"500\"");
    assert_refused(f, "--redis", "--redis needs a value; see --help");
    assert_refused(f, "--redis --force", "--redis needs a value; see --help");
    assert_refused(f, "--no-force=true", "--no-force takes no value");
    assert_refused(f, "--no-redis",
                   "unknown flag --no-redis; did you mean --redis?");
}

static void
test_files_say_the_same(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(read_text(f, "# a job\r\n"
                                  "\r\n"
                                  "threads = 2\r\n"
                                  "max_age=2d # old\n"
                                  "  force = true\n"
                                  "redis = unix:/a#b\n"
                                  "config = \" a # \\\"b\\\"\\n\" # quoted\n"
                                  "input = one\n"
                                  "input = two words"),
                     RC_OK);
    assert_int_equal(f->job.threads, 2);
    assert_int_equal(f->job.max_age, 2 * DAY_NS);
    assert_true(f->job.force);
    assert_string_equal(f->job.redis, "unix:/a#b");
    assert_string_equal(f->job.config, " a # \"b\"\n");
    assert_int_equal(f->job.input.n, 2);
    assert_string_equal(f->job.input.item[1], "two words");
}

static void
test_files_say_where_they_are_wrong(void **state)
{
    static const char *const cases[][2] = {
        {"\nthreads = 0", "job.conf:2: threads must be 1..256, got 0"},
        {"thread = 1", "job.conf:1: unknown option thread; did you mean "
                       "threads?"},
        {"zzzzzzzzz = 1", "job.conf:1: unknown option zzzzzzzzz"},
        {"force", "job.conf:1: not of the form name = value: force"},
        {"= 1", "job.conf:1: not of the form name = value: = 1"},
        {"force = yes", "job.conf:1: force must be true or false, got \"yes\""},
        {"redis = \"a", "job.conf:1: redis: the quotes do not match"},
        {"redis = \"a\"b", "job.conf:1: redis: the quotes do not match"},
        {"redis = \"\\x\"", "job.conf:1: redis: the quotes do not match"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(read_text(f, cases[i][0]), RC_INVAL);
        assert_string_equal(f->e.text, cases[i][1]);
    }
    assert_int_equal(option_parse_file(&f->set, "/no/such", &f->e), RC_IO);
    assert_string_equal(f->e.text,
                        "cannot open /no/such: No such file or directory");
}

static void
test_set_value(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(
        option_set_value(&f->set, STR("max-age"), STR("1s"), &f->e), RC_OK);
    assert_int_equal(f->job.max_age, 1000000000);
    assert_int_equal(
        option_set_value(&f->set, STR("redis"), STR("a\0b"), &f->e), RC_INVAL);
    assert_string_equal(f->e.text, "redis must not contain a NUL byte");
}

/* What print writes, read by a text parser again. */
static char *
printed(const struct fixture *f)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    assert_non_null(out);
    option_print(&f->set, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void
test_print_reads_back(void **state)
{
    struct fixture *f = *state;
    char *before;
    char *after;

    assert_int_equal(
        option_set_value(&f->set, STR("config"), STR("#\\ \"x\"\n"), &f->e),
        RC_OK);
    assert_int_equal(
        parse(f, "--input a\\b #c --max-age 1500ms --share 0.99 --force"),
        RC_OK);
    before = printed(f);
    assert_non_null(strstr(before, "max-age = 1500ms\n"));
    assert_non_null(strstr(before, "memory = 64MiB\n"));
    assert_non_null(strstr(before, "share = 0.99\n"));
    assert_non_null(strstr(before, "input = \"#c\"\n"));
    option_free(&f->set);
    assert_int_equal(option_defaults(&f->set, &f->e), RC_OK);
    assert_int_equal(read_text(f, before), RC_OK);
    after = printed(f);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void
test_help_fits_80_columns(void **state)
{
    struct fixture *f = *state;
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    struct str rest;

    assert_non_null(out);
    option_help(&f->set, out);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(text, "  --threads N               "
                                 "worker threads; 1 to 256 [4]\n"));
    assert_non_null(strstr(text, "  --on-unknown default|404  what an"));
    assert_non_null(strstr(text, "  --input PATH...           what"));
    assert_non_null(strstr(text, "of the users; 0 to 100 % [0.5]\n"));
    assert_non_null(strstr(text, "older answers are called stale [1d]\n"));
    rest = str_of(text);
    while (rest.p != NULL) {
        assert_true(str_cut(&rest, '\n').len <= 80);
    }
    free(text);
}

static void
test_text_cut_at_every_byte(void **state)
{
    const struct str text = STR("threads = 12\nredis = \"a\\\\b\" # c\n"
                                "max-age = 10m\n");
    struct fixture *f = *state;
    struct guarded g;

    guarded_init(&g, text.len);
    for (size_t n = 0; n <= text.len; n++) {
        struct str cut = guarded_copy(&g, (struct str){text.p, n});
        enum rc rc = option_parse_text(&f->set, "f", cut, &f->e);

        assert_true(rc == RC_OK || rc == RC_INVAL);
    }
    assert_int_equal(f->job.max_age, UINT64_C(600000000000));
    guarded_fini(&g);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_defaults),
        WITH(test_flags_of_every_type),
        WITH(test_flags_are_undone_by_no),
        WITH(test_lists_take_words_up_to_the_next_flag),
        WITH(test_messages_say_what_to_do),
        WITH(test_files_say_the_same),
        WITH(test_files_say_where_they_are_wrong),
        WITH(test_set_value),
        WITH(test_print_reads_back),
        WITH(test_help_fits_80_columns),
        WITH(test_text_cut_at_every_byte),
    };

    return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
