/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/describe.h"

#include "batchgen/stats.h"
#include "common/base/hash.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA_MAX ((size_t)64 << 20)
#define STATS_MAX  (64 << 10)

/* In place of what may be there from an attempt before. */
static enum rc
take_text(struct buf *b, char **out)
{
    free(*out);
    *out = buf_failed(b) ? NULL : str_dup(buf_view(b));
    buf_fini(b);
    return *out == NULL ? RC_NOMEM : RC_OK;
}

void
describe_answers(const struct scorer *scorer, const struct ranked *ranked,
                 struct generation_info *g)
{
    if (ranked != NULL) {
        ranked_describe(ranked, g);
        return;
    }
    g->kind = TABLE_SCORE;
    g->encoding = RECORD_F32;
    g->outputs = scorer->noutput;
}

enum rc
describe_model(const struct scoring *s, struct generation_info *g,
               struct err *e)
{
    const char *objective = model_info(s->model)->objective;

    memcpy(g->iterations, s->iterations, sizeof(g->iterations));
    memcpy(g->source_sha256, s->source_sha256, sizeof(g->source_sha256));
    hash_sha256(model_bytes(s->model), g->model_sha256);
    return str_copy(str_of(objective), g->objective, sizeof(g->objective))
               ? RC_OK
               : err_set(e, RC_REFUSED,
                         "the objective's name is over 63 bytes");
}

enum rc
describe_schema(const struct schema *s, struct generation_info *g)
{
    struct buf names;

    memcpy(g->schema_id, schema_id(s), sizeof(g->schema_id));
    buf_init(&names, SCHEMA_MAX);
    schema_to_json(s, &names);
    return take_text(&names, &g->schema);
}

static void
first_scores(const struct keep *k, size_t score_offset, float *value)
{
    for (uint64_t b = 0; b < keep_buckets(k); b++) {
        for (size_t i = 0; i < keep_bucket_rows(k, b); i++) {
            struct str user;
            struct str payload;

            keep_row(k, b, i, &user, &payload);
            memcpy(value++, payload.p + score_offset, sizeof(*value));
        }
    }
}

enum rc
describe_rows(const struct keep *k, size_t score_offset,
              struct generation_info *g)
{
    float *value = malloc((keep_rows(k) + 1) * sizeof(*value));
    struct stats stats;
    struct buf json;
    enum rc rc;

    g->rows = keep_rows(k);
    g->buckets = keep_buckets(k);
    if (value == NULL) {
        return RC_NOMEM;
    }
    first_scores(k, score_offset, value);
    rc = stats_of(&stats, value, keep_rows(k));
    free(value);
    if (rc != RC_OK) {
        return rc;
    }
    buf_init(&json, STATS_MAX);
    stats_to_json(&stats, &json);
    return take_text(&json, &g->score_stats);
}
