/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table as the loader follows it. The watch is played by the test: every
 * generation it is asked for is the sample's, unless it is told otherwise.
 */
#include "lookup/followed.h"

#include "common/base/log.h"
#include "lookup/warmer.h"
#include "tests/support/sample.h"
#include "tests/support/small_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct watch {
    struct sample sample;
    unsigned models;      /* models read */
    enum rc rc;           /* what reading info says */
    bool damaged;         /* the model's bytes are */
    uint64_t writing;     /* the generation that is not ready */
    uint64_t nbucket;     /* of feature rows */
    struct watch_table t; /* what the poll saw */
    struct followed f;
    bool changed;
    struct err e;
};

static void
uid_of(uint64_t number, char out[UID_SIZE])
{
    snprintf(out, UID_SIZE, "%016x", 0xa0 + (unsigned)number);
}

enum rc
watch_read_info(struct watch *w, const char *table, uint64_t gen,
                struct generation_info *info, struct err *e)
{
    assert_string_equal(table, "t");
    memset(info, 0, sizeof(*info));
    if (w->rc != RC_OK) {
        return err_set(e, w->rc, "no info");
    }
    *info = sample_info(&w->sample);
    uid_of(gen, info->uid);
    info->ready = gen != w->writing;
    return RC_OK;
}

enum rc
watch_read_model(struct watch *w, const char *table, uint64_t gen, char **bytes,
                 size_t *len, struct err *e)
{
    (void)table, (void)gen, (void)e;
    w->models++;
    *bytes = sample_copy(&w->sample);
    *len = w->sample.len - w->damaged;
    return RC_OK;
}

enum rc
watch_read_items(struct watch *w, const char *table, uint64_t gen, char **bytes,
                 size_t *len, struct err *e)
{
    (void)w, (void)table, (void)gen, (void)bytes, (void)len;
    return err_set(e, RC_FAILED, "not a ranking");
}

uint64_t
watch_connects(const struct watch *w)
{
    (void)w;
    return 1;
}

enum rc
watch_superseded(struct watch *w, const char *table, uint64_t after_us,
                 watch_superseded_fn fn, void *arg, struct err *e)
{
    (void)w, (void)table, (void)after_us, (void)fn, (void)arg, (void)e;
    return RC_OK;
}

enum rc
watch_feature_buckets(struct watch *w, const char *table, const char *schema_id,
                      uint64_t *n, struct err *e)
{
    (void)table, (void)schema_id, (void)e;
    *n = w->nbucket;
    return RC_OK;
}

/* There is no shelf, so nothing comes with a snapshot. */
bool
warmer_adopt(struct warmer *w, struct generation *g)
{
    (void)w, (void)g;
    fail();
    return false;
}

static struct watch *
begin(void)
{
    struct watch *w = calloc(1, sizeof(*w));

    CHECK(w != NULL);
    sample_init(&w->sample, 1);
    snprintf(w->f.name, sizeof(w->f.name), "t");
    snprintf(w->t.name, sizeof(w->t.name), "t");
    w->f.id = 1;
    w->t.listed = w->t.present = true;
    return w;
}

static void
end(struct watch *w)
{
    followed_fini(&w->f);
    sample_fini(&w->sample);
    free(w);
}

/* What the manifest says now; 0 is none. */
static void
manifest(struct watch *w, uint64_t live, uint64_t previous, uint64_t last)
{
    struct manifest *m = &w->t.manifest;

    m->seq++;
    m->live = live;
    m->previous = previous;
    m->last = last;
    m->live_uid[0] = m->previous_uid[0] = '\0';
    if (live != 0) {
        uid_of(live, m->live_uid);
    }
    if (previous != 0) {
        uid_of(previous, m->previous_uid);
    }
}

static enum rc
update(struct watch *w)
{
    const struct followed_source from = {.watch = w,
                                         .graveyard = w->sample.graveyard};

    w->changed = false;
    return followed_update(&w->f, &from, &w->t, &w->changed, &w->e);
}

static uint64_t
number_in(const struct watch *w, enum followed_slot slot)
{
    return w->f.held[slot] == NULL ? 0 : w->f.held[slot]->number;
}

/* In the turn after a change, what else is to be held is loaded. */
static void
expect(struct watch *w, uint64_t live, uint64_t previous, uint64_t next)
{
    assert_int_equal(update(w), RC_OK);
    bool changed = w->changed;

    if (changed) {
        assert_int_equal(number_in(w, FOLLOWED_LIVE), live);
        assert_int_equal(update(w), RC_OK);
        assert_false(w->changed);
    }
    w->changed = changed;
    assert_int_equal(number_in(w, FOLLOWED_LIVE), live);
    assert_int_equal(number_in(w, FOLLOWED_PREVIOUS), previous);
    assert_int_equal(number_in(w, FOLLOWED_NEXT), next);
}

static void
test_publish_and_rollback(void **state)
{
    struct watch *w = begin();

    (void)state;
    manifest(w, 0, 0, 1);
    w->writing = 1;
    expect(w, 0, 0, 0);
    assert_string_equal(w->f.problem, "");
    w->writing = 0;
    expect(w, 0, 0, 1);
    manifest(w, 1, 0, 1);
    expect(w, 1, 0, 0);
    assert_true(w->changed);
    assert_int_equal(w->f.seq, 2);
    expect(w, 1, 0, 0);
    assert_false(w->changed);

    manifest(w, 1, 0, 2);
    expect(w, 1, 0, 2);
    manifest(w, 2, 1, 2);
    expect(w, 2, 1, 0);
    manifest(w, 1, 0, 2);
    snprintf(w->t.manifest.bad, sizeof(w->t.manifest.bad), "2");
    expect(w, 1, 0, 0);
    /* Each was loaded once: switches were of pointers. */
    assert_int_equal(w->models, 2);
    assert_int_equal(sample_bury(&w->sample), 1);
    end(w);
}

/* Publishing the previous one: it is loaded already. */
static void
test_the_previous_one_is_not_loaded_twice(void **state)
{
    struct watch *w = begin();
    char uid[UID_SIZE];

    (void)state;
    manifest(w, 3, 2, 3);
    expect(w, 3, 2, 0);
    uid_of(2, uid);
    snprintf(w->t.manifest.writer, sizeof(w->t.manifest.writer), "host:7:%s",
             uid);
    expect(w, 3, 2, 0);
    w->t.manifest.writer[0] = '\0';
    manifest(w, 2, 3, 3);
    expect(w, 2, 3, 0);
    assert_int_equal(w->models, 2);
    end(w);
}

static void
test_started_between(void **state)
{
    struct watch *w = begin();

    (void)state;
    manifest(w, 4, 3, 5);
    expect(w, 4, 3, 5);
    assert_int_equal(w->models, 3);
    /* A restored Redis is believed, backwards too. */
    manifest(w, 2, 1, 2);
    expect(w, 2, 1, 0);
    end(w);
}

static void
test_seq_alone_is_news(void **state)
{
    struct watch *w = begin();

    (void)state;
    manifest(w, 1, 0, 1);
    expect(w, 1, 0, 0);
    manifest(w, 1, 0, 1);
    expect(w, 1, 0, 0);
    assert_true(w->changed);
    assert_int_equal(w->f.seq, 2);
    assert_int_equal(w->f.moves, 2);
    /* A table made anew may have the seq of the old one. */
    manifest(w, 2, 0, 2);
    w->t.manifest.seq--;
    expect(w, 2, 0, 0);
    assert_int_equal(w->f.moves, 3);
    end(w);
}

static void
test_gone_is_not_moved(void **state)
{
    struct watch *w = begin();

    (void)state;
    manifest(w, 1, 0, 1);
    expect(w, 1, 0, 0);
    w->t.present = false;
    expect(w, 1, 0, 0);
    assert_true(w->changed);
    assert_string_equal(w->f.problem, "the manifest is gone from redis");
    expect(w, 1, 0, 0);
    assert_false(w->changed);
    w->t.present = true;
    expect(w, 1, 0, 0);
    assert_true(w->changed);
    assert_string_equal(w->f.problem, "");
    assert_int_equal(w->f.moves, 2);

    /* A writer began to make it anew, and will commit. */
    w->f.held[FOLLOWED_LIVE]->snapshot = small_snapshot(1, 1, false);
    manifest(w, 0, 0, 2);
    w->t.manifest.seq = 0;
    expect(w, 1, 0, 2);
    assert_string_equal(w->f.problem,
                        "nothing of it is published in redis any more");
    manifest(w, 2, 0, 2);
    expect(w, 2, 0, 0);
    assert_int_equal(w->f.moves, 3);

    err_set(&w->t.problem, RC_INVAL, "not a manifest");
    expect(w, 2, 0, 0);
    assert_string_equal(w->f.problem, "not a manifest");
    end(w);
}

static void
test_nothing_live_unloads(void **state)
{
    struct watch *w = begin();

    (void)state;
    manifest(w, 1, 0, 1);
    expect(w, 1, 0, 0);
    manifest(w, 0, 0, 1);
    expect(w, 0, 0, 1);
    assert_true(w->changed);
    assert_string_equal(w->f.problem, "");
    end(w);
}

/* What cannot be loaded is said, and not tried again at every poll. */
static void
test_damaged_generation(void **state)
{
    struct watch *w = begin();

    (void)state;
    manifest(w, 1, 0, 1);
    expect(w, 1, 0, 0);
    w->damaged = true;
    manifest(w, 2, 1, 2);
    expect(w, 1, 0, 0);
    assert_true(w->changed);
    assert_non_null(strstr(w->f.problem, "not those of generation 2"));
    assert_int_equal(w->f.seq, 1); /* of the generation that is served */
    assert_int_equal(w->models, 2);
    expect(w, 1, 0, 0);
    assert_int_equal(w->models, 2);
    assert_false(w->changed);
    w->f.failed[FOLLOWED_LIVE].retry_ns = 0;
    w->damaged = false;
    expect(w, 2, 1, 0);
    assert_string_equal(w->f.problem, "");
    end(w);
}

static void
test_redis_goes_away(void **state)
{
    struct watch *w = begin();

    (void)state;
    w->rc = RC_UNAVAIL;
    manifest(w, 1, 0, 1);
    assert_int_equal(update(w), RC_UNAVAIL);
    assert_string_equal(w->e.text, "no info");
    w->rc = RC_OK;
    w->f.failed[FOLLOWED_LIVE].retry_ns = 0;
    expect(w, 1, 0, 0);
    assert_string_equal(w->f.problem, "");
    end(w);
}

static void
test_features_come_later(void **state)
{
    struct watch *w = begin();

    (void)state;
    manifest(w, 1, 0, 1);
    expect(w, 1, 0, 0);
    assert_int_equal(w->f.held[FOLLOWED_LIVE]->feature_buckets, 0);
    w->nbucket = 128;
    expect(w, 1, 0, 0);
    assert_int_equal(w->f.held[FOLLOWED_LIVE]->feature_buckets, 128);
    w->nbucket = 256; /* is set once, at creation */
    expect(w, 1, 0, 0);
    assert_int_equal(w->f.held[FOLLOWED_LIVE]->feature_buckets, 128);
    end(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_publish_and_rollback),
        cmocka_unit_test(test_the_previous_one_is_not_loaded_twice),
        cmocka_unit_test(test_started_between),
        cmocka_unit_test(test_seq_alone_is_news),
        cmocka_unit_test(test_gone_is_not_moved),
        cmocka_unit_test(test_nothing_live_unloads),
        cmocka_unit_test(test_damaged_generation),
        cmocka_unit_test(test_redis_goes_away),
        cmocka_unit_test(test_features_come_later),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
