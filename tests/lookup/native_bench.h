/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * native_bench - the native dialect on a ladder, asked by a fake exchange.
 */
#include "lookup/api/native.h"
#include "tests/lookup/fake_exchange.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NO_BODY ((struct str){NULL, 0})

struct bench {
    struct ladder ladder; /* first: ladder_tear_down ends it */
    struct desk desk;
    struct fake_exchange f;
};

static inline void
begin(struct bench *b, struct lookup_policy policy)
{
    policy.timeout_ns = 50000000;
    ladder_begin(&b->ladder, policy);
    desk_init(&b->desk, b->ladder.lookup, NULL);
}

/* errors: requests that were counted as such before there was a query. */
static inline void
end(struct bench *b, uint64_t errors)
{
    const struct lookup_stats *s = lookup_stats(b->ladder.lookup);
    uint64_t sum = 0;

    for (int i = 0; i < OUTCOME_COUNT; i++) {
        sum += counter_get(&s->answers[0][DIALECT_NATIVE][i]);
        sum += counter_get(&s->answers[1][DIALECT_NATIVE][i]);
    }
    assert_int_equal(sum, errors);
    assert_int_equal(lookup_busy(b->ladder.lookup), 0);
    desk_fini(&b->desk);
    lookup_destroy(&b->ladder.lookup);
    sample_bury(&b->ladder.sample);
}

static inline void
send(struct bench *b, enum http_method method, struct str path, struct str body)
{
    fake_request(&b->f, method, path, body);
    native_handle(&b->desk, &b->f.x, &b->f.req);
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
