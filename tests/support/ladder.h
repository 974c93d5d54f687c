/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ladder - a lookup over a fake store and a real generation, and what it
 * answered last.
 */
#include "lookup/core/lookup.h"
#include "tests/support/fake_store.h"
#include "tests/support/sample.h"

#define LADDER_SEQ 7

struct ladder {
    struct sample sample;
    struct fake_store store;
    struct lookup_policy policy;
    struct lookup *lookup;
    struct generation *live; /* held by the list of tables in force */
    unsigned reloads;        /* asked of the loader */
    unsigned begun;          /* queries run */
    unsigned answered;
    struct answer last; /* y and record are copied */
    float y[SAMPLE_FEATURES];
    char record[64];
};

static inline void
ladder_on_reload(void *arg)
{
    ((struct ladder *)arg)->reloads++;
}

static inline void
ladder_on_answer(void *arg, const struct query *q, const struct answer *a)
{
    struct ladder *l = arg;

    (void)q;
    l->answered++;
    l->last = *a;
    if (a->prediction != NULL) {
        memcpy(l->y, a->prediction->y, a->prediction->n * sizeof(l->y[0]));
    }
    if (a->record.len > 0) {
        CHECK(a->record.len <= sizeof(l->record));
        memcpy(l->record, a->record.p, a->record.len);
    }
}

/* Generation `number` is live from now on, by a manifest of that seq. */
static inline void
ladder_publish(struct ladder *l, uint64_t number, uint64_t seq)
{
    l->live = sample_generation(&l->sample, number);
    lookup_set_tables(l->lookup, sample_tables("t", seq, l->live));
}

/* A fresh lookup of the same sample; generation 1 is live. */
static inline void
ladder_begin(struct ladder *l, struct lookup_policy policy)
{
    struct sample keep = l->sample;

    memset(l, 0, sizeof(*l));
    l->sample = keep;
    fake_store_init(&l->store);
    l->policy = policy;
    l->lookup =
        lookup_create(&l->store.base, "p", &policy, ladder_on_reload, l);
    CHECK(l->lookup != NULL);
    ladder_publish(l, 1, LADDER_SEQ);
}

static inline uint64_t
ladder_counted(const struct ladder *l, enum outcome outcome)
{
    const struct lookup_stats *s = lookup_stats(l->lookup);

    return counter_get(&s->answers[1][DIALECT_NATIVE][outcome]);
}

/* Every query was answered, once, and counted, once. */
static inline void
ladder_end(struct ladder *l)
{
    uint64_t sum = 0;

    for (int i = 0; i < OUTCOME_COUNT; i++) {
        sum += ladder_counted(l, (enum outcome)i);
    }
    CHECK(l->answered == l->begun && sum == l->begun);
    CHECK(lookup_busy(l->lookup) == 0);
    lookup_destroy(&l->lookup);
    sample_bury(&l->sample);
}

/* A query of user "u", to be filled and run. */
static inline struct query *
ladder_query(struct ladder *l)
{
    const struct table_view *view =
        tables_find(lookup_tables(l->lookup), STR("t"));
    struct query *q = lookup_begin(l->lookup, view);

    CHECK(q != NULL && query_set_user(q, STR("u")) == RC_OK);
    q->dialect = DIALECT_NATIVE;
    q->deadline_ns = 1000;
    q->done = ladder_on_answer;
    q->arg = l;
    l->begun++;
    return q;
}

static inline void
ladder_ask(struct ladder *l)
{
    lookup_run(ladder_query(l));
}

/* The store answers read i: a record of 0.5. */
static inline void
ladder_answer_half(struct ladder *l, size_t i)
{
    const float y = 0.5f;
    char record[4];

    fake_store_bytes(&l->store, i,
                     (struct str){record, record_put_f32(record, &y, 1)});
}

/* Nil, and the second look finds all in order but no row. */
static inline void
ladder_answer_unknown(struct ladder *l, size_t i)
{
    size_t at = l->store.n;

    fake_store_nil(&l->store, i);
    fake_store_bytes(&l->store, at, STR("7")); /* LADDER_SEQ */
    fake_store_integer(&l->store, at + 1, 1);
    fake_store_nil(&l->store, at + 2);
}

/* A stored row of the sample's features. */
#define LADDER_ROW (8 + 4 * SAMPLE_FEATURES)

static inline struct str
ladder_row(char out[LADDER_ROW], float age, float hour, float spent)
{
    const float x[SAMPLE_FEATURES] = {age, hour, spent};

    return (struct str){out, record_put_features(out, 5, x, SAMPLE_FEATURES)};
}

/* What the live generation's model says of a row. */
static inline float
ladder_score(const struct ladder *l, float age, float hour, float spent)
{
    const float x[SAMPLE_FEATURES] = {age, hour, spent};
    float y;

    CHECK(scorer_score(l->live->scorer, x, 1, &y) == RC_OK);
    return y;
}

/* cmocka's group fixtures: *state is a ladder, to be begun by each test. */
static inline int
ladder_set_up(void **state)
{
    struct ladder *l = calloc(1, sizeof(*l));

    CHECK(l != NULL);
    sample_init(&l->sample, 1);
    *state = l;
    return 0;
}

static inline int
ladder_tear_down(void **state)
{
    struct ladder *l = *state;

    sample_fini(&l->sample);
    free(l);
    return 0;
}
