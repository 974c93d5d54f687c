/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/admin.h"

#include "tests/lookup/fake_exchange.h"
#include "tests/lookup/fake_workers.h"
#include "tests/support/fake_store.h"
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct front {
    struct sample sample;
    struct worker *worker[FAKE_WORKERS];
    struct fake_store store;
    struct lookup *lookup;
    struct desk desk;
    struct net_stats *net;
    struct admin *admin;
    struct fake_exchange f;
};

static int
set_up(void **state)
{
    struct front *d = calloc(1, sizeof(*d));

    CHECK(d != NULL);
    sample_init(&d->sample, 1);
    fake_workers_init(d->worker);
    fake_store_init(&d->store);
    d->lookup = lookup_create(&d->store.base, "p", &(struct lookup_policy){0},
                              NULL, NULL);
    d->net = calloc(1, sizeof(*d->net));
    CHECK(d->lookup != NULL && d->net != NULL);
    desk_init(&d->desk, d->lookup, NULL);
    *state = d;
    return 0;
}

static int
tear_down(void **state)
{
    struct front *d = *state;

    fake_workers_fini(d->worker);
    desk_fini(&d->desk);
    lookup_destroy(&d->lookup);
    free(d->net);
    sample_fini(&d->sample);
    free(d);
    return 0;
}

static void
begin(struct front *d)
{
    const struct admin_setup setup = {.worker = d->worker,
                                      .nworker = FAKE_WORKERS,
                                      .put = {.store = &d->store.base},
                                      .desk = &d->desk,
                                      .net = d->net};

    d->admin = admin_create(&setup);
    assert_non_null(d->admin);
}

static void
end(struct front *d)
{
    admin_destroy(&d->admin);
    assert_null(d->admin);
}

static void
ask(struct front *d, enum http_method method, const char *path)
{
    fake_request(&d->f, method, str_of(path), (struct str){NULL, 0});
    admin_handle(d->admin, &d->f.x, &d->f.req);
    assert_int_equal(d->f.answered, 1);
}

static void
expect_ready(struct front *d, int status, const char *body)
{
    ask(d, HTTP_GET, "/health/ready");
    assert_int_equal(d->f.status, status);
    assert_string_equal(d->f.body, body);
    ask(d, HTTP_GET, "/health/live");
    assert_int_equal(d->f.status, 200);
}

static struct tables *
live_tables(struct front *d)
{
    return sample_tables("t", 1, sample_generation(&d->sample, 1));
}

static void
test_ready(void **state)
{
    struct front *d = *state;
    struct tables *t;

    begin(d);
    expect_ready(d, 503, "redis has not been read yet\n");
    admin_set_tables(d->admin, sample_tables("t", 1, NULL));
    expect_ready(d, 503,
                 "no table has a live generation; publish one with batchgen "
                 "score\n");
    admin_set_tables(d->admin, live_tables(d));
    expect_ready(d, 200, "ready\n");

    t = live_tables(d);
    snprintf(t->view[0].problem, sizeof(t->view[0].problem), "a reason");
    admin_set_tables(d->admin, t);
    expect_ready(d, 503, "table t: a reason\n");

    t = live_tables(d);
    t->serial = 1; /* the workers have seen none yet */
    admin_set_tables(d->admin, t);
    expect_ready(d, 503, "a worker is still starting\n");

    t = live_tables(d);
    t->store_ok = false;
    snprintf(t->problem, sizeof(t->problem), "redis is away");
    admin_set_tables(d->admin, t);
    expect_ready(d, 503, "redis is away\n");

    admin_set_tables(d->admin, live_tables(d));
    admin_set_draining(d->admin);
    expect_ready(d, 503, "the server is shutting down\n");
    end(d);
}

/* There is no store for a worker to be connected to. */
static void
test_ready_without_a_store(void **state)
{
    struct front *d = *state;
    struct tables *t = live_tables(d);

    begin(d);
    for (size_t i = 0; i < FAKE_WORKERS; i++) {
        atomic_store(&d->worker[i]->store.connects, 0);
    }
    admin_set_tables(d->admin, t);
    expect_ready(d, 503, "a worker is still starting\n");
    t->storeless = true;
    expect_ready(d, 200, "ready\n");
    for (size_t i = 0; i < FAKE_WORKERS; i++) {
        counter_add(&d->worker[i]->store.connects, 1);
    }
    end(d);
}

/* A table beside a live one: new is no problem, not loadable is. */
static void
test_ready_with_two_tables(void **state)
{
    struct front *d = *state;
    struct tables *t = tables_create(2);

    begin(d);
    t->store_ok = true;
    snprintf(t->view[0].name, sizeof(t->view[0].name), "a");
    snprintf(t->view[1].name, sizeof(t->view[1].name), "b");
    t->view[0].live = sample_generation(&d->sample, 1);
    admin_set_tables(d->admin, t);
    expect_ready(d, 200, "ready\n");
    snprintf(t->view[1].problem, sizeof(t->view[1].problem), "damaged");
    expect_ready(d, 503, "table b: damaged\n");
    end(d);
}

static void
test_pages(void **state)
{
    struct front *d = *state;
    struct tables *t = live_tables(d);

    begin(d);
    snprintf(t->view[0].problem, sizeof(t->view[0].problem), "a reason");
    admin_set_tables(d->admin, t);
    ask(d, HTTP_GET, "/");
    assert_int_equal(d->f.status, 200);
    assert_non_null(strstr(d->f.body, "<strong>not ready</strong><br>table t"));
    assert_non_null(strstr(d->f.body, "<td>t</td>"));
    ask(d, HTTP_HEAD, "/metrics");
    assert_int_equal(d->f.status, 200);
    assert_non_null(strstr(d->f.body, "# TYPE lookup_answers_total counter"));
    assert_true(fake_has_header(&d->f, "Cache-Control: no-store"));
    end(d);
}

static void
test_errors(void **state)
{
    struct front *d = *state;

    begin(d);
    ask(d, HTTP_GET, "/health");
    assert_true(fake_is_error(&d->f, 404, "not_found"));
    ask(d, HTTP_GET, "/metrics/");
    assert_true(fake_is_error(&d->f, 404, "not_found"));
    ask(d, HTTP_POST, "/metrics");
    assert_true(fake_is_error(&d->f, 405, "method_not_allowed"));
    assert_true(fake_has_header(&d->f, "Allow: GET, HEAD"));
    end(d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ready),
        cmocka_unit_test(test_ready_without_a_store),
        cmocka_unit_test(test_ready_with_two_tables),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
