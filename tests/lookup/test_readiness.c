/* SPDX-License-Identifier: Apache-2.0 */
/* What test_admin.c does not ask for: how well a ready server is. */
#include "lookup/readiness.h"

#include "tests/lookup/fake_workers.h"
#include "tests/support/sample.h"
#include "tests/support/small_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct scene {
    struct sample sample;
    struct worker *worker[FAKE_WORKERS];
    struct tables *tables;
    struct generation *live;
    struct readiness r;
};

static void
begin(struct scene *c)
{
    memset(c, 0, sizeof(*c));
    sample_init(&c->sample, 1);
    fake_workers_init(c->worker);
    c->live = sample_generation(&c->sample, 1);
    c->tables = sample_tables("t", 1, c->live);
    c->r = (struct readiness){
        .worker = c->worker, .nworker = FAKE_WORKERS, .tables = c->tables};
}

static void
end(struct scene *c)
{
    tables_release(&c->tables);
    fake_workers_fini(c->worker);
    sample_fini(&c->sample);
}

static void
expect(const struct scene *c, const char *reasons, const char *notes)
{
    struct buf got;

    buf_init(&got, 65536);
    readiness_reasons(&c->r, &got);
    buf_char(&got, '\0');
    assert_string_equal(got.p, reasons);
    buf_clear(&got);
    readiness_notes(&c->r, &got);
    buf_char(&got, '\0');
    assert_string_equal(got.p, notes);
    buf_fini(&got);
}

#define FROM "table t: generation 1 as of 2026-11-22T02:00:00Z is "

static void
test_redis_is_away(void **state)
{
    struct scene c;

    (void)state;
    begin(&c);
    expect(&c, "", "");
    c.tables->store_ok = false;
    snprintf(c.tables->problem, sizeof(c.tables->problem), "redis is away");
    expect(&c, "redis is away\n",
           "redis is away\n" FROM "served from memory\n");
    c.live->snapshot = small_snapshot(40, 1, false);
    expect(&c, "", "redis is away\n" FROM "served from memory\n");
    /* A worker needs no connection to answer from memory. */
    atomic_store(&c.worker[0]->store.connects, 0);
    expect(&c, "", "redis is away\n" FROM "served from memory\n");
    c.tables->serial = 1;
    expect(&c, "a worker is still starting\n",
           "redis is away\n" FROM "served from memory\n");
    end(&c);
}

static void
test_max_age(void **state)
{
    struct scene c;

    (void)state;
    begin(&c);
    c.r.max_age_us = UINT64_MAX / 2;
    expect(&c, "", "");
    c.live->info.as_of_us = 1000000;
    c.r.max_age_us = 1;
    expect(&c, "", FROM "older than --max-age\n");
    c.r.max_age_us = 0;
    expect(&c, "", "");
    end(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redis_is_away),
        cmocka_unit_test(test_max_age),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
