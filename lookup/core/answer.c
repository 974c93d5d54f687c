/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/answer.h"

#include "common/base/clock.h"
#include "lookup/core/lookup_impl.h"

static void
finish(struct query *q, struct answer *a)
{
    struct lookup *l = q->lookup;

    a->gen = q->gen;
    a->stale = (q->superseded && a->outcome == OUTCOME_PRECOMPUTED) ||
               (l->policy.max_age_us > 0 &&
                clock_wall_us() > q->gen->info.as_of_us + l->policy.max_age_us);
    a->degraded =
        a->degraded || (q->unread && a->outcome == OUTCOME_PRECOMPUTED);
    if (!q->of_batch) {
        counter_add(&l->stats.answers[q->table_id][q->dialect][a->outcome], 1);
    }
    q->done(q->arg, q, a);
    lookup_drop(q);
}

void
answer_prediction(struct query *q, enum outcome outcome, struct str record)
{
    struct answer a = {
        .outcome = outcome, .prediction = &q->prediction, .record = record};

    finish(q, &a);
}

void
answer_error(struct query *q, enum answer_code code)
{
    struct answer a = {.outcome = OUTCOME_ERROR, .code = code};

    finish(q, &a);
}

void
answer_silence(struct query *q)
{
    struct answer a = {.outcome = OUTCOME_DEFAULT,
                       .prediction = &q->gen->fallback,
                       .degraded = true};

    if (!q->lookup->policy.default_on_failure || !generation_is_live(q->gen)) {
        a.outcome = OUTCOME_ERROR;
        a.code = ANSWER_STORE_UNAVAILABLE;
    }
    finish(q, &a);
}

void
answer_absent(struct query *q)
{
    struct answer a = {.outcome = OUTCOME_DEFAULT,
                       .prediction = &q->gen->fallback};

    if (!q->lookup->policy.default_on_unknown || !generation_is_live(q->gen)) {
        a.outcome = OUTCOME_UNKNOWN;
        a.code = ANSWER_UNKNOWN_USER;
    }
    finish(q, &a);
}

void
answer_bad_record(struct query *q)
{
    counter_add(&q->lookup->stats.bad_records, 1);
    answer_error(q, ANSWER_TABLE_UNAVAILABLE);
}
