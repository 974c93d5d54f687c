/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/shelf.h"

#include "common/base/log.h"
#include "tests/support/sample.h"
#include "tests/support/small_snapshot.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

struct room {
    struct sample sample;
    char dir[40];
    struct shelf *shelf;
    char recalled[256]; /* "table:live:seq:uid " of each */
};

static int
set_up(void **state)
{
    struct room *r = calloc(1, sizeof(*r));
    struct err e;

    CHECK(r != NULL);
    sample_init(&r->sample, 1);
    snprintf(r->dir, sizeof(r->dir), "/tmp/lookup-shelf.XXXXXX");
    CHECK(mkdtemp(r->dir) != NULL);
    CHECK(shelf_create(&r->shelf, r->dir, "p", "redis/0", &e) == RC_OK);
    *state = r;
    return 0;
}

/* How many files there are; removed, if so. */
static size_t
files(const struct room *r, bool removed)
{
    DIR *dir = opendir(r->dir);
    const struct dirent *entry;
    char path[400];
    size_t n = 0;

    CHECK(dir != NULL);
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.') {
            n++;
            snprintf(path, sizeof(path), "%s/%s", r->dir, entry->d_name);
            CHECK(!removed || unlink(path) == 0);
        }
    }
    closedir(dir);
    return n;
}

static int
tear_down(void **state)
{
    struct room *r = *state;

    (void)files(r, true);
    CHECK(rmdir(r->dir) == 0);
    shelf_destroy(&r->shelf);
    sample_fini(&r->sample);
    free(r);
    return 0;
}

static void
keep(struct room *r, const char *table, uint64_t number)
{
    struct generation *g = sample_generation(&r->sample, number);
    struct err e;

    g->snapshot = small_snapshot(40, 1, false);
    assert_int_equal(shelf_keep(r->shelf, table, g, &e), RC_OK);
    assert_int_equal(shelf_keep(r->shelf, table, g, &e), RC_OK);
    generation_destroy(&g);
}

static bool
has(struct room *r, const struct shelf *s, const char *table, uint64_t number)
{
    struct generation *g = NULL;
    char uid[UID_SIZE];
    struct err e;

    snprintf(uid, sizeof(uid), "%016x", 0xa0 + (unsigned)number);
    enum rc rc = shelf_load(s, table, uid, number, r->sample.graveyard, &g, &e);

    assert_true(rc == RC_OK || rc == RC_NOT_FOUND);
    generation_destroy(&g);
    return rc == RC_OK;
}

static void
on_recalled(void *arg, const char *table, const struct shelf_manifest *m)
{
    struct room *r = arg;
    size_t len = strlen(r->recalled);

    snprintf(r->recalled + len, sizeof(r->recalled) - len, "%s:%u:%u:%s ",
             table, (unsigned)m->live, (unsigned)m->seq, m->live_uid);
}

static void
expect_recalled(struct room *r, const char *want)
{
    r->recalled[0] = '\0';
    shelf_recall(r->shelf, on_recalled, r);
    assert_string_equal(r->recalled, want);
}

static void
test_generations(void **state)
{
    struct room *r = *state;
    const char wanted[][UID_SIZE] = {"", "00000000000000a2"};

    assert_false(has(r, r->shelf, "t", 1));
    keep(r, "t", 1);
    keep(r, "t", 2);
    keep(r, "t.a", 1);
    assert_int_equal(files(r, false), 3);
    assert_true(has(r, r->shelf, "t", 1));
    assert_false(has(r, r->shelf, "t", 3));
    shelf_trim(r->shelf, "t", wanted, 2);
    assert_false(has(r, r->shelf, "t", 1));
    assert_true(has(r, r->shelf, "t", 2));
    assert_true(has(r, r->shelf, "t.a", 1));
    shelf_forget(r->shelf, "t");
    assert_int_equal(files(r, true), 1);
}

static void
test_manifests(void **state)
{
    struct room *r = *state;
    const struct shelf_manifest one = {7, 3, "00000000000000a3"}, none = {8};
    struct err e;

    expect_recalled(r, "");
    assert_int_equal(shelf_remember(r->shelf, "t", &none, &e), RC_OK);
    expect_recalled(r, "t:0:8: ");
    assert_int_equal(shelf_remember(r->shelf, "t", &one, &e), RC_OK);
    expect_recalled(r, "t:3:7:00000000000000a3 ");
    shelf_forget(r->shelf, "t");
    expect_recalled(r, "");
    assert_int_equal(files(r, true), 0);
}

/* Of another prefix, of another Redis: theirs. */
static void
test_neighbours(void **state)
{
    static const char *const whose[][2] = {
        {"q", "redis/0"}, {"p", "redis/1"}, {"p.t", "redis/0"}};
    struct room *r = *state;
    const struct shelf_manifest m = {7, 3, "00000000000000a3"};
    struct err e;

    keep(r, "t", 1);
    assert_int_equal(shelf_remember(r->shelf, "t", &m, &e), RC_OK);
    for (size_t i = 0; i < 3; i++) {
        struct room other = *r;

        assert_int_equal(
            shelf_create(&other.shelf, r->dir, whose[i][0], whose[i][1], &e),
            RC_OK);
        assert_false(has(r, other.shelf, "t", 1));
        expect_recalled(&other, "");
        shelf_forget(other.shelf, "t");
        shelf_destroy(&other.shelf);
    }
    assert_true(has(r, r->shelf, "t", 1));
    expect_recalled(r, "t:3:7:00000000000000a3 ");
    assert_int_equal(files(r, true), 2);
}

/* What cannot be used is removed, so that it can be written anew. */
static void
test_damaged(void **state)
{
    struct room *r = *state;
    const struct shelf_manifest m = {7, 3, "00000000000000a3"};
    struct dirent **name;
    char path[400];
    struct err e;

    keep(r, "t", 1);
    assert_int_equal(shelf_remember(r->shelf, "t", &m, &e), RC_OK);
    int n = scandir(r->dir, &name, NULL, NULL);

    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof(path), "%s/%s", r->dir, name[i]->d_name);
        assert_true(name[i]->d_name[0] == '.' || truncate(path, 90) == 0);
        free(name[i]);
    }
    free(name);
    assert_false(has(r, r->shelf, "t", 1));
    expect_recalled(r, "");
    assert_int_equal(files(r, true), 0);
}

static void
test_refused(void **state)
{
    struct shelf *s = NULL;
    struct err e;

    (void)state;
    assert_int_equal(shelf_create(&s, "/nonexistent/a", "p", "r", &e), RC_IO);
    assert_non_null(strstr(e.text, "/nonexistent/a"));
    assert_int_equal(shelf_create(&s, "", "p", "r", &e), RC_IO);
    assert_null(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generations), cmocka_unit_test(test_manifests),
        cmocka_unit_test(test_neighbours),  cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_refused),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
