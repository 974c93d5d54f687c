/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/generation_sealed.h"

#include "tests/support/model_path.h"
#include "tests/support/sample.h"
#include "tests/support/small_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define UID "00000000000000a3" /* of the sample's generation 3 */

struct file {
    struct sample sample;
    char path[32];
};

static int
set_up(void **state)
{
    struct file *f = calloc(1, sizeof(*f));

    CHECK(f != NULL);
    sample_init(&f->sample, 1);
    snprintf(f->path, sizeof(f->path), MODEL_PATH);
    model_path_write(f->path, "", 0);
    *state = f;
    return 0;
}

static int
tear_down(void **state)
{
    struct file *f = *state;

    unlink(f->path);
    sample_fini(&f->sample);
    free(f);
    return 0;
}

/* The sample has 40 users in one bucket; here are as many as are wanted. */
static void
seal(struct file *f, uint32_t users, uint64_t buckets)
{
    struct generation *g = sample_generation(&f->sample, 3);
    struct err e;

    g->snapshot = small_snapshot(users, buckets, false);
    assert_int_equal(generation_seal(g, f->path, &e), RC_OK);
    generation_destroy(&g);
}

static enum rc
unseal(struct file *f, const char *uid, struct generation **g, struct err *e)
{
    e->text[0] = '\0';
    *g = NULL;
    return generation_unseal(g, f->path, uid, 3, f->sample.graveyard, e);
}

static void
test_as_it_was(void **state)
{
    struct file *f = *state;
    struct generation *g, *was = sample_generation(&f->sample, 3);
    struct err e;

    seal(f, 40, 1);
    assert_int_equal(unseal(f, UID, &g, &e), RC_OK);
    assert_int_equal(unlink(f->path), 0); /* what is mapped stays */
    assert_int_equal(g->number, 3);
    assert_string_equal(g->info.uid, UID);
    assert_string_equal(g->info.schema, was->info.schema);
    assert_string_equal(g->info.model_sha256, was->info.model_sha256);
    assert_string_equal(g->as_of, was->as_of);
    assert_true(g->fallback.y[0] == was->fallback.y[0]);
    assert_non_null(g->sealed);
    for (uint32_t i = 0; i < 50; i++) {
        assert_int_equal(small_snapshot_has(generation_snapshot(g), i), i < 40);
    }
    generation_drop_snapshot(g);
    assert_null(g->sealed);
    assert_null(generation_snapshot(g));
    generation_release(&g);
    generation_release(&was);
    assert_int_equal(sample_bury(&f->sample), 2);
}

static void
test_refused(void **state)
{
    struct file *f = *state;
    struct generation *g;
    struct err e;

    seal(f, 40, 1);
    assert_int_equal(unseal(f, SAMPLE_UID, &g, &e), RC_INVAL);
    assert_non_null(strstr(e.text, "of another generation"));
    assert_non_null(strstr(e.text, f->path));
    seal(f, 39, 1);
    assert_int_equal(unseal(f, UID, &g, &e), RC_INVAL);
    assert_non_null(strstr(e.text, "snapshot is of another"));
    seal(f, 40, 2);
    assert_int_equal(unseal(f, UID, &g, &e), RC_INVAL);
    assert_int_equal(truncate(f->path, 1000), 0);
    assert_int_equal(unseal(f, UID, &g, &e), RC_INVAL);
    assert_int_equal(unlink(f->path), 0);
    assert_int_equal(unseal(f, UID, &g, &e), RC_NOT_FOUND);
    assert_null(g);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_it_was),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
