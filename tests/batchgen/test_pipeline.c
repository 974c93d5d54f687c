/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/pipeline.h"

#include "batchgen/intake.h"
#include "batchgen/sink_keep.h"
#include "common/base/hash.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define FILES 3
#define ROWS  40000 /* a file: several chunks */
#define WIDTH 12    /* a feature row of one feature */

struct run {
    struct folder folder;
    char *rejected;
    struct intake in;
    struct sink_keep sink;
    struct recipe recipe;
    struct progress progress;
    struct stop stop;
    struct pipeline p;
};

/* File i has user (i + row) mod ROWS with value row; every 1000th is bad. */
static char *
write_input(const struct folder *f, int i)
{
    struct buf text;
    char name[32], *path;

    buf_init(&text, 64 << 20);
    buf_c(&text, "id,x\n");
    for (int row = 0; row < ROWS; row++) {
        buf_printf(&text, "user-%d,%d%s\n", (i + row) % ROWS, row,
                   row % 1000 == 999 ? "bad" : "");
    }
    snprintf(name, sizeof(name), "%d.csv", i);
    path = folder_file(f, name, buf_view(&text));
    buf_fini(&text);
    return path;
}

static void
start(struct run *r, size_t threads)
{
    char *path[FILES];
    struct option_list input = {path, FILES};
    struct intake_how how = {.input = &input,
                             .content_type = "csv",
                             .header = "auto",
                             .delimiter = ",",
                             .libsvm_label = "plain",
                             .need_id = true};

    *r = (struct run){.stop = {0}};
    folder_init(&r->folder);
    for (int i = 0; i < FILES; i++) {
        path[i] = write_input(&r->folder, i);
    }
    assert_int_equal(intake_init(&r->in, &how, NULL, 1, NULL), RC_OK);
    assert_int_equal(sink_keep_init(&r->sink, RECORD_F32, 0, 1, true, 1),
                     RC_OK);
    r->rejected = folder_file(&r->folder, "rejected.csv", STR(""));
    r->recipe = (struct recipe){
        .plan = r->in.plan, .nfeature = 1, .sink = &r->sink.sink};
    r->p = (struct pipeline){.sources = &r->in.sources,
                             .recipe = &r->recipe,
                             .threads = threads,
                             .sink = &r->sink.sink,
                             .rejected = rejected_create(r->rejected),
                             .stop = &r->stop,
                             .progress = &r->progress};
    for (int i = 0; i < FILES; i++) {
        free(path[i]);
    }
}

static void
finish(struct run *r)
{
    rejected_destroy(&r->p.rejected);
    sink_keep_fini(&r->sink);
    intake_fini(&r->in);
    folder_fini(&r->folder);
    free(r->rejected);
}

/* One hash over all that was kept, in order. */
static uint64_t
hash_of(struct keep *k)
{
    struct buf all;
    uint64_t hash;

    assert_int_equal(keep_group(k, 64, NULL), RC_OK);
    buf_init(&all, 64 << 20);
    for (uint64_t b = 0; b < 64; b++) {
        for (size_t i = 0; i < keep_bucket_rows(k, b); i++) {
            struct str user;
            struct str payload;

            keep_row(k, b, i, &user, &payload);
            buf_str(&all, user);
            buf_str(&all, payload);
        }
    }
    hash = hash_key(buf_view(&all));
    buf_fini(&all);
    return hash;
}

static void
threads_do_not_show(void **state)
{
    static const size_t threads[] = {1, 2, 3, 16};
    uint64_t first = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
        struct run r;
        uint64_t hash;

        start(&r, threads[i]);
        assert_int_equal(pipeline_run(&r.p, NULL), RC_OK);
        assert_int_equal(r.p.read, FILES * ROWS);
        assert_int_equal(r.p.rejects, FILES * ROWS / 1000);
        assert_int_equal(r.p.longest_id, 10);
        hash = hash_of(r.sink.keep);
        assert_int_equal(r.p.read, r.p.rejects + keep_rows(r.sink.keep) +
                                       keep_duplicates(r.sink.keep));
        assert_true(i == 0 || hash == first);
        first = hash;
        finish(&r);
    }
}

static void
file_that_vanished_fails_the_run(void **state)
{
    struct err e = {""};
    struct run r;

    (void)state;
    start(&r, 4);
    assert_int_equal(remove(r.in.sources.item[1].path), 0);
    assert_int_equal(pipeline_run(&r.p, &e), RC_IO);
    assert_non_null(strstr(e.text, "1.csv"));
    finish(&r);
}

static void
rejected_file_that_fails_ends_the_run(void **state)
{
    struct err e = {""};
    struct run r;

    (void)state;
    start(&r, 4);
    rejected_destroy(&r.p.rejected);
    r.p.rejected = rejected_create("/nowhere/rejected.csv");
    assert_int_equal(pipeline_run(&r.p, &e), RC_IO);
    assert_non_null(strstr(e.text, "/nowhere"));
    finish(&r);
}

static void
stop_ends_the_run(void **state)
{
    struct err e = {""};
    struct run r;

    (void)state;
    start(&r, 2);
    stop_ask(&r.stop, 15);
    stop_ask(&r.stop, STOP_LEASE); /* the first reason stays */
    assert_int_equal(pipeline_run(&r.p, &e), RC_FAILED);
    assert_non_null(strstr(e.text, "Terminated"));
    assert_int_equal(stop_signal(&r.stop), 15);
    finish(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(file_that_vanished_fails_the_run),
        cmocka_unit_test(rejected_file_that_fails_ends_the_run),
        cmocka_unit_test(stop_ends_the_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
