/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the keeper does, in which order. The shelf is played by the test: it
 * writes down what it is asked for.
 */
#include "lookup/keeper.h"

#include "common/base/log.h"
#include "tests/support/sample.h"
#include "tests/support/small_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct shelf {
    struct buf said; /* the keeper's, until it is destroyed */
    enum rc rc;
};

static struct shelf the_shelf;

enum rc
shelf_remember(const struct shelf *s, const char *table,
               const struct shelf_manifest *m, struct err *e)
{
    buf_printf(&the_shelf.said, "remember %s %u\n", table, (unsigned)m->seq);
    return err_set(e, s->rc, "the disk is full");
}

enum rc
shelf_keep(const struct shelf *s, const char *table, const struct generation *g,
           struct err *e)
{
    buf_printf(&the_shelf.said, "keep %s %u\n", table, (unsigned)g->number);
    return err_set(e, s->rc, "the disk is full");
}

void
shelf_trim(const struct shelf *s, const char *table,
           const char (*uid)[UID_SIZE], size_t n)
{
    (void)s;
    buf_printf(&the_shelf.said, "trim %s", table);
    for (size_t i = 0; i < n; i++) {
        if (uid[i][0] != '\0') {
            buf_printf(&the_shelf.said, " %s", uid[i] + UID_SIZE - 3);
        }
    }
    buf_char(&the_shelf.said, '\n');
}

void
shelf_forget(const struct shelf *s, const char *table)
{
    (void)s;
    buf_printf(&the_shelf.said, "forget %s\n", table);
}

struct scene {
    struct sample sample;
    struct keeper *keeper;
    struct followed f;
};

static void
begin(struct scene *c, enum rc rc)
{
    struct err e;

    memset(c, 0, sizeof(*c));
    the_shelf.rc = rc;
    buf_init(&the_shelf.said, 65536);
    sample_init(&c->sample, 1);
    snprintf(c->f.name, sizeof(c->f.name), "t");
    c->f.read = true;
    c->f.said.manifest = (struct shelf_manifest){7, 2, "00000000000000a2"};
    snprintf(c->f.said.previous_uid, UID_SIZE, "00000000000000a1");
    c->f.held[FOLLOWED_LIVE] = sample_generation(&c->sample, 2);
    assert_int_equal(keeper_create(&c->keeper, &the_shelf, &e), RC_OK);
}

static void
warm(struct scene *c, enum followed_slot slot)
{
    c->f.held[slot]->snapshot = small_snapshot(40, 1, false);
}

/* All that was told is done when the keeper is gone; said: NULL is any. */
static void
end(struct scene *c, const char *said)
{
    keeper_destroy(&c->keeper);
    assert_null(c->keeper);
    buf_char(&the_shelf.said, '\0');
    if (said != NULL) {
        assert_string_equal(the_shelf.said.p, said);
    }
    buf_fini(&the_shelf.said);
    for (int i = 0; i < FOLLOWED_SLOTS; i++) {
        generation_release(&c->f.held[i]);
    }
    sample_fini(&c->sample);
}

static void
test_only_what_is_new(void **state)
{
    struct scene c;

    (void)state;
    begin(&c, RC_OK);
    warm(&c, FOLLOWED_LIVE);
    keeper_follow(c.keeper, &c.f);
    keeper_follow(c.keeper, &c.f);
    c.f.held[FOLLOWED_NEXT] = sample_generation(&c.sample, 3);
    c.f.said.manifest.seq = 8;
    keeper_follow(c.keeper, &c.f);
    keeper_drop(c.keeper, "t");
    end(&c, "remember t 7\nkeep t 2\ntrim t a2 a2 a1\n"
            "remember t 8\nkeep t 2\ntrim t a2 a3 a2 a1\n"
            "forget t\n");
}

static void
test_a_snapshot_is_new(void **state)
{
    struct scene c;
    uint64_t cold;

    (void)state;
    begin(&c, RC_OK);
    keeper_follow(c.keeper, &c.f);
    cold = c.f.kept;
    assert_int_not_equal(cold, 0);
    warm(&c, FOLLOWED_LIVE);
    keeper_follow(c.keeper, &c.f);
    assert_int_not_equal(c.f.kept, cold);
    end(&c, NULL);
}

/* What Redis did not say removes nothing. */
static void
test_not_before_redis_is_read(void **state)
{
    struct scene c;

    (void)state;
    begin(&c, RC_OK);
    c.f.read = false;
    keeper_follow(c.keeper, &c.f);
    c.f.read = true;
    c.f.said.manifest.seq = 0;
    keeper_follow(c.keeper, &c.f);
    end(&c, "");
}

/* A disk that is full stops nothing. */
static void
test_failures_go_on(void **state)
{
    struct scene c;

    (void)state;
    begin(&c, RC_IO);
    warm(&c, FOLLOWED_LIVE);
    keeper_follow(c.keeper, &c.f);
    end(&c, "remember t 7\nkeep t 2\ntrim t a2 a2 a1\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_what_is_new),
        cmocka_unit_test(test_a_snapshot_is_new),
        cmocka_unit_test(test_not_before_redis_is_read),
        cmocka_unit_test(test_failures_go_on),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
