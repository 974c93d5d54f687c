/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sagemaker_booth - the SageMaker dialect on a ladder whose store is the test.
 */
#include "lookup/api/sagemaker.h"
#include "tests/lookup/fake_exchange.h"
#include "tests/support/ladder.h"

#include <event2/thread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MIB (1024 * 1024)

struct booth {
    struct ladder ladder; /* first: ladder_tear_down ends it */
    struct sagemaker_settings settings;
    struct desk desk;
    struct sagemaker *sagemaker;
    struct fake_exchange f;
};

static inline void
booth_begin(struct booth *b, const char *default_table)
{
    ladder_begin(&b->ladder, (struct lookup_policy){.timeout_ns = 50000000});
    b->settings = (struct sagemaker_settings){.max_payload_bytes = 5 * MIB,
                                              .concurrent = 3};
    desk_init(&b->desk, b->ladder.lookup, default_table);
    b->sagemaker = sagemaker_create(&b->desk, &b->settings);
    assert_non_null(b->sagemaker);
}

/* counted: answers under this dialect, of any outcome. */
static inline void
booth_end(struct booth *b, uint64_t counted)
{
    const struct lookup_stats *s = lookup_stats(b->ladder.lookup);
    uint64_t sum = 0;

    for (int i = 0; i < OUTCOME_COUNT; i++) {
        sum += counter_get(&s->answers[0][DIALECT_SAGEMAKER][i]);
        sum += counter_get(&s->answers[1][DIALECT_SAGEMAKER][i]);
    }
    assert_int_equal(sum, counted);
    sagemaker_destroy(&b->sagemaker);
    assert_null(b->sagemaker);
    desk_fini(&b->desk);
    ladder_end(&b->ladder);
}

static inline void
booth_ask(struct booth *b, enum http_method method, const char *path,
          struct str body)
{
    fake_request(&b->f, method, str_of(path), body);
    fake_header(&b->f, "content-type", "text/csv");
    sagemaker_handle(b->sagemaker, &b->f.x, &b->f.req);
    assert_int_equal(b->f.answered, 1);
}

static inline int
booth_set_up(void **state)
{
    struct booth *b = calloc(1, sizeof(*b));

    CHECK(b != NULL && evthread_use_pthreads() == 0);
    sample_init(&b->ladder.sample, 1);
    *state = b;
    return 0;
}
