/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dialect_bench - a dialect of HTTP on a ladder, asked by a fake exchange.
 */
#include "lookup/api/desk.h"
#include "tests/lookup/fake_exchange.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NO_BODY ((struct str){NULL, 0})

typedef void (*dialect_handle_fn)(struct desk *d, struct exchange *x,
                                  const struct http_request *req);

struct bench {
    struct ladder ladder; /* first: ladder_tear_down ends it */
    struct desk desk;
    dialect_handle_fn handle;
    enum dialect dialect;
    struct fake_exchange f;
};

static inline void
begin_dialect(struct bench *b, struct lookup_policy policy,
              dialect_handle_fn handle, enum dialect dialect)
{
    b->handle = handle;
    b->dialect = dialect;
    policy.timeout_ns = 50000000;
    ladder_begin(&b->ladder, policy);
    desk_init(&b->desk, b->ladder.lookup, NULL);
}

/* answers: users and rows that were counted, and requests refused. */
static inline void
end(struct bench *b, uint64_t answers)
{
    const struct lookup_stats *s = lookup_stats(b->ladder.lookup);
    uint64_t sum = 0;

    for (int i = 0; i < OUTCOME_COUNT; i++) {
        sum += counter_get(&s->answers[0][b->dialect][i]);
        sum += counter_get(&s->answers[1][b->dialect][i]);
    }
    assert_int_equal(sum, answers);
    assert_int_equal(lookup_busy(b->ladder.lookup), 0);
    desk_fini(&b->desk);
    lookup_destroy(&b->ladder.lookup);
    sample_bury(&b->ladder.sample);
}

static inline void
send(struct bench *b, enum http_method method, struct str path, struct str body)
{
    fake_request(&b->f, method, path, body);
    b->handle(&b->desk, &b->f.x, &b->f.req);
    (void)lookup_flush(b->ladder.lookup);
}

static inline void
answer_f32(struct bench *b, size_t i, const float *y, size_t n)
{
    char rec[64];

    record_put_f32(rec, y, n);
    fake_store_bytes(&b->ladder.store, i, (struct str){rec, 4 * n});
}

/* cmocka's group fixtures. */
static inline int
bench_set_up(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));

    CHECK(b != NULL);
    sample_init(&b->ladder.sample, 1);
    *state = b;
    return 0;
}
