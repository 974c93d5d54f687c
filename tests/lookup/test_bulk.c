/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows by the block: what is read is scored and written in order, here when it
 * is cheap, and piece by piece on the scoring threads when it is not.
 */
#include "lookup/core/bulk.h"

#include "common/base/clock.h"
#include "lookup/store/mailbox.h"
#include "tests/support/ladder.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A client whose row i has the age i, and what became of it. */
struct client {
    size_t nrow;
    size_t nread, nwritten, nblock;
    size_t fail_at;  /* read refuses this row, if not 0 */
    enum rc refusal; /* of the writer */
    const struct ladder *ladder;
    unsigned done;
    enum rc rc;
    struct event_base *base;
};

static enum rc
on_read(void *arg, float *x, size_t max, size_t *n)
{
    struct client *c = arg;

    for (*n = 0; *n < max && c->nread < c->nrow; ++*n, x += SAMPLE_FEATURES) {
        if (c->fail_at > 0 && c->nread + 1 == c->fail_at) {
            return RC_REFUSED;
        }
        x[0] = (float)c->nread++;
        x[1] = x[2] = NAN;
    }
    return RC_OK;
}

static enum rc
on_write(void *arg, const struct prediction *p, size_t n)
{
    struct client *c = arg;

    assert_int_equal(p->n, 1);
    for (size_t i = 0; i < n; i++, c->nwritten++) {
        float age = (float)c->nwritten;

        assert_true(p->y[i] == ladder_score(c->ladder, age, NAN, NAN));
    }
    c->nblock++;
    return c->refusal;
}

static void
on_done(void *arg, const struct bulk *b, enum rc rc)
{
    struct client *c = arg;

    assert_int_equal(b->nread, c->nread);
    c->done++;
    c->rc = rc;
    if (c->base != NULL) {
        assert_int_equal(event_base_loopbreak(c->base), 0);
    }
}

static struct bulk *
make(struct ladder *l, struct client *c, bool heavy)
{
    const struct bulk_setup setup = {
        .dialect = DIALECT_NATIVE,
        .deadline_ns = UINT64_MAX,
        .nrow = c->nrow,
        .heavy = heavy,
        .read = on_read,
        .write = on_write,
        .done = on_done,
        .arg = c,
    };
    struct bulk *b = bulk_create(
        l->lookup, tables_find(lookup_tables(l->lookup), STR("t")), &setup);

    assert_non_null(b);
    c->ladder = l;
    return b;
}

/* The ladder's own count is of queries. */
static void
expect_counted(struct ladder *l, enum outcome outcome, size_t n)
{
    assert_int_equal(ladder_counted(l, outcome), n);
    l->begun = l->answered = (unsigned)n;
    ladder_end(l);
}

static void
test_here(void **state)
{
    struct ladder *l = *state;
    const size_t nrow[] = {0, 1, 7, 3000};

    for (size_t i = 0; i < sizeof(nrow) / sizeof(nrow[0]); i++) {
        struct client c = {.nrow = nrow[i]};
        struct bulk *b;

        ladder_begin(l, (struct lookup_policy){0});
        b = make(l, &c, false);
        assert_false(bulk_is_heavy(b));
        bulk_run(b);
        assert_int_equal(c.done, 1);
        assert_int_equal(c.rc, RC_OK);
        assert_int_equal(c.nwritten, nrow[i]);
        assert_int_equal(c.nblock, (nrow[i] + 1023) / 1024);
        expect_counted(l, OUTCOME_LIVE, nrow[i]);
    }
}

static void
test_failures(void **state)
{
    struct ladder *l = *state;
    struct client first = {.nrow = 9, .fail_at = 1};
    struct client later = {.nrow = 9, .fail_at = 4};
    struct client full = {.nrow = 9, .refusal = RC_FULL};

    ladder_begin(l, (struct lookup_policy){0});
    bulk_run(make(l, &first, false));
    assert_int_equal(first.rc, RC_REFUSED);
    bulk_run(make(l, &later, false));
    assert_int_equal(later.rc, RC_REFUSED);
    assert_int_equal(later.nwritten, 0);
    bulk_run(make(l, &full, false));
    assert_int_equal(full.rc, RC_FULL);
    expect_counted(l, OUTCOME_ERROR, 1 + 3 + 9);
}

static void
test_given_up(void **state)
{
    struct ladder *l = *state;
    struct client c = {.nrow = 9};
    struct bulk *b;

    ladder_begin(l, (struct lookup_policy){0});
    b = make(l, &c, false);
    bulk_destroy(&b);
    assert_null(b);
    assert_int_equal(c.done, 0);
    expect_counted(l, OUTCOME_LIVE, 0);
}

static void
on_scored(void *arg, void *job)
{
    (void)arg;
    lookup_scored(job);
}

/* On real threads: two of them share one, block by block. */
static void
test_threads(void **state)
{
    struct ladder *l = *state;
    struct event_base *base = event_base_new();
    struct client a = {.nrow = 20000, .base = base};
    struct client b = {.nrow = 20000, .base = base};
    struct mailbox *mailbox;
    struct scoring *scoring;
    struct err e;

    assert_non_null(base);
    mailbox = mailbox_create(base, SCORING_JOBS_MAX, on_scored, NULL);
    assert_non_null(mailbox);
    assert_int_equal(scoring_create(&scoring, 1, &e), RC_OK);
    ladder_begin(l, (struct lookup_policy){0});
    lookup_set_scoring(l->lookup, scoring, mailbox);
    bulk_run(make(l, &a, true));
    bulk_run(make(l, &b, true));
    assert_int_equal(a.done + b.done, 0);
    while (a.done + b.done < 2) {
        assert_true(event_base_dispatch(base) >= 0);
    }
    assert_int_equal(a.rc, RC_OK);
    assert_int_equal(a.nwritten + b.nwritten, 40000);
    scoring_destroy(&scoring);
    mailbox_destroy(&mailbox);
    event_base_free(base);
    expect_counted(l, OUTCOME_LIVE, 40000);
}

/* What is late is not begun, or not gone on with. */
static void
test_late(void **state)
{
    struct ladder *l = *state;
    struct event_base *base = event_base_new();
    struct client c = {.nrow = 5, .base = base};
    struct mailbox *mailbox;
    struct scoring *scoring;
    struct bulk *b;
    struct err e;

    assert_non_null(base);
    mailbox = mailbox_create(base, SCORING_JOBS_MAX, on_scored, NULL);
    assert_non_null(mailbox);
    assert_int_equal(scoring_create(&scoring, 1, &e), RC_OK);
    ladder_begin(l, (struct lookup_policy){0});
    lookup_set_scoring(l->lookup, scoring, mailbox);
    b = make(l, &c, true);
    assert_true(bulk_is_heavy(b));
    b->setup.deadline_ns = clock_mono_ns();
    bulk_run(b);
    while (c.done < 1) {
        assert_true(event_base_dispatch(base) >= 0);
    }
    assert_true(c.rc == RC_TIMEOUT || c.rc == RC_FULL);
    assert_int_equal(c.nread, 0);
    scoring_destroy(&scoring);
    mailbox_destroy(&mailbox);
    event_base_free(base);
    expect_counted(l, OUTCOME_ERROR, 1);
}

static int
set_up(void **state)
{
    struct ladder *l = calloc(1, sizeof(*l));

    CHECK(l != NULL && evthread_use_pthreads() == 0);
    sample_init(&l->sample, 1);
    *state = l;
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_here),     cmocka_unit_test(test_failures),
        cmocka_unit_test(test_given_up), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_late),
    };

    return cmocka_run_group_tests(tests, set_up, ladder_tear_down);
}
