/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/score.h"

#include "batchgen/describe.h"

enum rc
score_model(struct score *s, struct err *e)
{
    enum rc rc = scoring_init(&s->scoring, s->o->model, s->o->iterations,
                              SCORER_VALUE, e);

    return rc == RC_OK ? describe_model(&s->scoring, &s->info, e) : rc;
}

enum rc
score_input(struct score *s, struct err *e)
{
    const struct score_options *o = s->o;
    struct intake_how how = INTAKE_HOW(o, true);
    struct schema *schema;
    enum rc rc = scoring_schema(&s->scoring, &schema, e);

    how.item_column = o->item_column;
    if (rc == RC_OK) {
        rc = ranked_init(&s->ranked, &s->scoring, RANKED_HOW(o), &schema, e);
    }
    if (rc == RC_OK) {
        size_t nfeature = schema == NULL
                              ? model_info(s->scoring.model)->nfeature
                              : schema_size(schema);

        progress_let_signals();
        rc = intake_init(&s->intake, &how, schema, nfeature, e);
        progress_hold_signals();
    }
    return rc == RC_OK
               ? intake_as_of(&s->intake, o->as_of, &s->info.as_of_us, e)
               : rc;
}

enum rc
score_prepare(struct score *s, struct err *e)
{
    enum rc rc;

    s->gather = (struct gather){
        .table = s->o->table,
        .rejected = s->o->rejected,
        .max_rejected = s->o->max_rejected,
        .users_path = s->o->users,
        .threads = s->o->threads,
        .memory = s->o->memory,
        .scorer = s->scoring.scorer,
        .ranked = s->ranked.top == 0 ? NULL : &s->ranked,
        .with_features = s->o->with_features,
        .stamp_us = s->info.as_of_us,
        .stop = s->stop,
        .progress = &s->progress,
    };
    rc = gather_prepare(&s->gather, &s->intake, e);
    return rc == RC_OK ? progress_start(&s->progress, s->stop, e) : rc;
}
