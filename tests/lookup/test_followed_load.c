/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whence a generation comes. Redis, the shelf and the memory there is are
 * played by the test.
 */
#include "lookup/followed_load.h"

#include "common/base/log.h"
#include "lookup/warmer.h"
#include "tests/support/sample.h"
#include "tests/support/small_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct watch {
    enum rc rc;      /* of reading info */
    unsigned models; /* models read */
    bool writing;
};

struct warmer {
    bool full;
};

struct scene {
    struct sample sample;
    struct watch watch;
    struct warmer warmer;
    bool shelved; /* generation 1 is */
    struct followed_source from;
};

/* The shelf is the scene. */
static struct scene *
scene_of(const struct shelf *s)
{
    return (struct scene *)(uintptr_t)s;
}

enum rc
watch_read_info(struct watch *w, const char *table, uint64_t gen,
                struct generation_info *info, struct err *e)
{
    struct scene *c =
        (struct scene *)((char *)w - offsetof(struct scene, watch));

    (void)table;
    memset(info, 0, sizeof(*info));
    if (w->rc != RC_OK) {
        return err_set(e, w->rc, "no info");
    }
    *info = sample_info(&c->sample);
    snprintf(info->uid, sizeof(info->uid), "%016x", 0xa0 + (unsigned)gen);
    info->ready = !w->writing;
    return RC_OK;
}

enum rc
watch_read_model(struct watch *w, const char *table, uint64_t gen, char **bytes,
                 size_t *len, struct err *e)
{
    struct scene *c =
        (struct scene *)((char *)w - offsetof(struct scene, watch));

    (void)table, (void)gen, (void)e;
    w->models++;
    *bytes = sample_copy(&c->sample);
    *len = c->sample.len;
    return RC_OK;
}

enum rc
watch_read_items(struct watch *w, const char *table, uint64_t gen, char **bytes,
                 size_t *len, struct err *e)
{
    (void)w, (void)table, (void)gen, (void)bytes, (void)len;
    return err_set(e, RC_FAILED, "not a ranking");
}

enum rc
watch_feature_buckets(struct watch *w, const char *table, const char *schema_id,
                      uint64_t *n, struct err *e)
{
    (void)w, (void)table, (void)schema_id, (void)e;
    *n = 128;
    return RC_OK;
}

enum rc
shelf_load(const struct shelf *s, const char *table, const char *uid,
           uint64_t number, struct queue *graveyard, struct generation **out,
           struct err *e)
{
    struct scene *c = scene_of(s);

    (void)graveyard;
    assert_string_equal(table, "t");
    if (!c->shelved || strcmp(uid, "00000000000000a1") != 0) {
        return err_set(e, RC_NOT_FOUND, "not here");
    }
    *out = sample_generation(&c->sample, number);
    (*out)->snapshot = small_snapshot(40, 1, false);
    return RC_OK;
}

bool
warmer_adopt(struct warmer *w, struct generation *g)
{
    assert_non_null(generation_snapshot(g));
    return !w->full;
}

static void
begin(struct scene *c)
{
    memset(c, 0, sizeof(*c));
    sample_init(&c->sample, 1);
    c->from = (struct followed_source){
        .watch = &c->watch,
        .shelf = (const struct shelf *)(const void *)c,
        .warmer = &c->warmer,
        .graveyard = c->sample.graveyard,
    };
}

/* Load, and let go; was it with its records? */
static bool
load(struct scene *c, enum rc want)
{
    struct generation *g = NULL;
    struct err e;
    enum rc rc = followed_load("t", &c->from, 1, "00000000000000a1", &g, &e);
    bool warm = g != NULL && generation_snapshot(g) != NULL;

    assert_int_equal(rc, want);
    assert_true((rc == RC_OK) == (g != NULL));
    assert_true(g == NULL || atomic_load(&g->feature_buckets) == 128);
    generation_destroy(&g);
    return warm;
}

static void
test_from_the_shelf_if_it_is_there(void **state)
{
    struct scene c;

    (void)state;
    begin(&c);
    assert_false(load(&c, RC_OK));
    assert_int_equal(c.watch.models, 1);
    c.shelved = true;
    assert_true(load(&c, RC_OK));
    assert_int_equal(c.watch.models, 1);
    c.warmer.full = true;
    assert_false(load(&c, RC_OK));
    assert_int_equal(c.watch.models, 1);
    c.from.shelf = NULL;
    assert_false(load(&c, RC_OK));
    assert_int_equal(c.watch.models, 2);
    sample_fini(&c.sample);
}

/* What Redis does not say is there is not served because a file is. */
static void
test_redis_says_which(void **state)
{
    struct generation *g = NULL;
    struct scene c;
    struct err e;

    (void)state;
    begin(&c);
    c.shelved = true;
    c.watch.rc = RC_NOT_FOUND;
    assert_false(load(&c, RC_NOT_FOUND));
    c.watch.rc = RC_UNAVAIL;
    assert_false(load(&c, RC_UNAVAIL));
    c.watch.rc = RC_OK;
    assert_int_equal(followed_load("t", &c.from, 2, "00000000000000a1", &g, &e),
                     RC_CONFLICT);
    c.watch.writing = true;
    assert_int_equal(followed_load("t", &c.from, 1, "", &g, &e), RC_CONFLICT);
    assert_null(g);
    sample_fini(&c.sample);
}

static void
test_without_redis(void **state)
{
    struct generation *g = NULL;
    struct scene c;
    struct err e;

    (void)state;
    begin(&c);
    assert_int_equal(
        followed_unshelve("t", &c.from, 1, "00000000000000a1", &g, &e),
        RC_NOT_FOUND);
    assert_string_equal(e.text, "generation 1 is not in --snapshot-dir");
    c.shelved = true;
    assert_int_equal(
        followed_unshelve("t", &c.from, 1, "00000000000000a1", &g, &e), RC_OK);
    generation_destroy(&g);
    assert_int_equal(c.watch.models, 0);
    sample_fini(&c.sample);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_the_shelf_if_it_is_there),
        cmocka_unit_test(test_redis_says_which),
        cmocka_unit_test(test_without_redis),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
