/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader's thread, with a watch that is the test's: it counts the polls,
 * and holds one up for as long as the test wants.
 */
#include "lookup/loader.h"

#include "common/base/check.h"
#include "common/base/log.h"
#include "lookup/store/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define MANY 10000 /* more than the loader's inbox holds */

struct watch {
    atomic_uint polls, announced, published;
    int begun[2]; /* a byte for each poll that waits */
    int gate[2];  /* ... and one that lets it go on */
};

static struct watch the_watch;

struct watch *
watch_create(const struct topology *topology, const char *prefix)
{
    (void)topology, (void)prefix;
    return &the_watch;
}

void
watch_destroy(struct watch **w)
{
    *w = NULL;
}

enum rc
watch_poll(struct watch *w, const struct watch_table **table, size_t *n,
           struct err *e)
{
    char c = 0;

    *table = NULL;
    *n = 0;
    if (atomic_fetch_add(&w->polls, 1) == 0) {
        CHECK(write(w->begun[1], &c, 1) == 1);
        CHECK(read(w->gate[0], &c, 1) == 1);
        return err_set(e, RC_UNAVAIL, "redis is away");
    }
    return RC_OK;
}

enum rc
watch_expect(struct watch *w, const char *table)
{
    (void)w, (void)table;
    return RC_OK;
}

void
watch_forget(struct watch *w, const char *table)
{
    (void)w, (void)table;
}

enum rc
watch_read_info(struct watch *w, const char *table, uint64_t gen,
                struct generation_info *info, struct err *e)
{
    (void)w, (void)table, (void)gen, (void)info;
    return err_set(e, RC_NOT_FOUND, "nothing is here");
}

enum rc
watch_read_model(struct watch *w, const char *table, uint64_t gen, char **bytes,
                 size_t *len, struct err *e)
{
    (void)w, (void)table, (void)gen, (void)bytes, (void)len;
    return err_set(e, RC_NOT_FOUND, "nothing is here");
}

enum rc
watch_read_items(struct watch *w, const char *table, uint64_t gen, char **bytes,
                 size_t *len, struct err *e)
{
    return watch_read_model(w, table, gen, bytes, len, e);
}

enum rc
watch_read_records(struct watch *w, const char *table, uint64_t gen,
                   uint64_t first, uint64_t end, watch_record_fn fn, void *arg,
                   struct err *e)
{
    (void)w, (void)table, (void)gen, (void)first, (void)end, (void)fn;
    (void)arg;
    return err_set(e, RC_NOT_FOUND, "nothing is here");
}

enum rc
watch_read_rows(struct watch *w, const char *table, const char *schema_id,
                uint64_t first, uint64_t end, watch_record_fn fn, void *arg,
                struct err *e)
{
    (void)schema_id;
    return watch_read_records(w, table, 0, first, end, fn, arg, e);
}

enum rc
watch_feature_buckets(struct watch *w, const char *table, const char *schema_id,
                      uint64_t *n, struct err *e)
{
    (void)w, (void)table, (void)schema_id, (void)n;
    return err_set(e, RC_NOT_FOUND, "nothing is here");
}

const char *
watch_address(const struct watch *w)
{
    (void)w;
    return "";
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
watch_announce(struct watch *w, const char *server, struct str text,
               struct err *e)
{
    (void)server, (void)e;
    atomic_fetch_add(&w->announced, text.len > 0);
    return RC_OK;
}

static void
on_superseded(void *arg, struct superseded_news *n)
{
    (void)arg, (void)n;
}

static void
on_publish(void *arg, struct tables *t)
{
    struct watch *w = arg;

    /* The first list says that Redis is away, the second that it is back. */
    CHECK(t->n == 0);
    CHECK(t->store_ok == (atomic_fetch_add(&w->published, 1) > 0));
}

/*
 * Any number of pokes are one: they leave room in the inbox, and do not make
 * the loader poll for each.
 */
static void
test_pokes_are_one(void **state)
{
    struct watch *w = &the_watch;
    struct topology topology = {.port = 1};
    struct loader_setup setup = {
        .topology = &topology,
        .prefix = "p",
        .publish = on_publish,
        .superseded = on_superseded,
        .arg = w,
    };
    struct loader *l;
    struct err e;
    char c = 0;

    (void)state;
    assert_int_equal(pipe(w->begun) | pipe(w->gate), 0);
    assert_int_equal(loader_create(&l, &setup, &e), RC_OK);
    assert_int_equal(read(w->begun[0], &c, 1), 1);
    for (int i = 0; i < MANY; i++) {
        loader_poke(l);
    }
    assert_int_equal(write(w->gate[1], &c, 1), 1);
    loader_stop(l);
    assert_in_range(w->polls, 2, 20);
    assert_int_equal(w->published, 2);
    assert_int_equal(w->announced, 1);
    loader_destroy(&l);
    assert_null(l);
    for (int i = 0; i < 2; i++) {
        close(w->begun[i]);
        close(w->gate[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pokes_are_one),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
