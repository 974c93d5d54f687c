/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/transform.h"

#include <string.h>

/* Whoever says what becomes of bad rows wants a file in spite of them. */
static enum rc
check_limit(struct transform *t, struct err *e)
{
    bool fail = strcmp(t->o->on_bad_row, "fail") == 0;
    const char *most = t->o->max_rejected;
    enum rc rc;

    if (most == NULL) {
        most = fail ? "0" : "100%";
    }
    rc = rejected_limit_parse(&t->sink.limit, most, e);
    if (rc == RC_OK && fail && t->sink.limit.most > 0) {
        rc = err_set(e, RC_INVAL,
                     "--max-rejected %s: say what becomes of those rows with "
                     "--on-bad-row skip or placeholder",
                     most);
    }
    return rc;
}

enum rc
transform_check(struct transform *t, struct err *e)
{
    const struct transform_options *o = t->o;
    struct sink_line_how how =
        SINK_LINE_HOW(o, strcmp(o->predict, "leaf") == 0);
    enum rc rc;

    if (o->model == NULL || o->output == NULL) {
        return err_set(e, RC_INVAL, "--%s is missing (--help)",
                       o->model == NULL ? "model" : "output");
    }
    rc = sink_line_init(&t->sink.line, &how, e);
    return rc == RC_OK ? check_limit(t, e) : rc;
}

enum rc
transform_model(struct transform *t, struct err *e)
{
    static const struct {
        const char *name;
        enum scorer_predict predict;
    } known[] = {{"value", SCORER_VALUE},
                 {"margin", SCORER_MARGIN},
                 {"leaf", SCORER_LEAF}};
    enum scorer_predict predict = SCORER_VALUE;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(t->o->predict, known[i].name) == 0) {
            predict = known[i].predict;
        }
    }
    return scoring_init(&t->scoring, t->o->model, t->o->iterations, predict, e);
}

/* Its value would have to go from the row to make room for ours. */
static enum rc
check_feature_names(const struct transform *t, struct err *e)
{
    const struct sink_line *line = &t->sink.line;
    const struct schema *s = t->intake.schema;

    for (size_t i = 0; i < schema_size(s); i++) {
        if (line->json && line->objects && line->input &&
            str_eq(schema_name(s, i), STR(SINK_PREDICTION))) {
            return err_set(e, RC_REFUSED,
                           "the model has a feature named " SINK_PREDICTION
                           ": rows cannot be joined with theirs");
        }
    }
    return RC_OK;
}

enum rc
transform_input(struct transform *t, struct err *e)
{
    struct intake_how how = INTAKE_HOW(t->o, t->sink.line.id);
    struct schema *schema;
    enum rc rc = scoring_schema(&t->scoring, &schema, e);

    if (rc == RC_OK) {
        progress_let_signals();
        rc = intake_init(&t->intake, &how, schema,
                         model_info(t->scoring.model)->nfeature, e);
        progress_hold_signals();
    }
    t->sink.line.delimiter = t->intake.spec.delimiter;
    return rc == RC_OK ? check_feature_names(t, e) : rc;
}
