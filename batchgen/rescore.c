/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/rescore.h"

#include "common/table/keyspace.h"

#include <inttypes.h>
#include <stdlib.h>

static enum rc
open_model(struct rescore *r, const struct table *t, uint64_t gen,
           const struct generation_info *g, struct err *e)
{
    char key[KEY_MAX];
    struct buf bytes;
    bool found;
    enum rc rc = table_blob(t, key_model(key, t->prefix, t->name, gen), &bytes,
                            &found, e);

    if (rc == RC_OK) {
        rc = scoring_of_bytes(&r->scoring, buf_view(&bytes), g->iterations, e);
    }
    buf_fini(&bytes);
    return rc;
}

static enum rc
open_items(struct rescore *r, const struct table *t, uint64_t gen,
           const struct generation_info *g, struct err *e)
{
    char key[KEY_MAX];
    struct buf bytes;
    bool found;
    enum rc rc = table_blob(t, key_items(key, t->prefix, t->name, gen), &bytes,
                            &found, e);

    if (rc == RC_OK) {
        rc = ranked_of_bytes(&r->ranked, &r->scoring, buf_view(&bytes), g->top,
                             r->schema, e);
    }
    buf_fini(&bytes);
    return rc;
}

enum rc
rescore_init(struct rescore *r, const struct table *t, uint64_t gen,
             const struct generation_info *g, struct err *e)
{
    enum rc rc;

    *r = (struct rescore){.ranks = g->kind == TABLE_RANKING};
    rc = open_model(r, t, gen, g, e);
    if (rc == RC_OK) {
        rc = schema_from_json(&r->schema, str_of(g->schema), e);
    }
    if (rc == RC_OK && !r->ranks &&
        schema_size(r->schema) != r->scoring.scorer->nfeature) {
        rc = err_set(e, RC_FAILED,
                     "generation %" PRIu64 " of '%s' has %zu features, its "
                     "model %zu",
                     gen, t->name, schema_size(r->schema),
                     r->scoring.scorer->nfeature);
    }
    return rc == RC_OK && r->ranks ? open_items(r, t, gen, g, e) : rc;
}

void
rescore_fini(struct rescore *r)
{
    ranked_fini(&r->ranked);
    scoring_fini(&r->scoring);
    schema_destroy(&r->schema);
}

bool
rescore_of_candidates(const struct rescore *r)
{
    return r->ranks && r->ranked.ranker == NULL;
}

size_t
rescore_size(const struct rescore *r)
{
    return r->ranks ? record_size(r->ranked.encoding, ranked_items(&r->ranked))
                    : record_size(RECORD_F32, r->scoring.scorer->noutput);
}

static enum rc
rank_rows(const struct ranked *r, const float *x, size_t n, char *out)
{
    size_t k = ranked_items(r);
    struct record_item *item = calloc(n * k, sizeof(*item));
    enum rc rc = item == NULL ? RC_NOMEM : ranker_top(r->ranker, x, n, k, item);

    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        out += record_put_items(r->encoding, out, item + i * k, k);
    }
    free(item);
    return rc;
}

static enum rc
score_rows(const struct scorer *s, const float *x, size_t n, char *out)
{
    float *y = calloc(n, s->noutput * sizeof(*y));
    enum rc rc = y == NULL ? RC_NOMEM : scorer_score(s, x, n, y);

    if (rc == RC_OK) {
        record_put_f32(out, y, n * s->noutput);
    }
    free(y);
    return rc;
}

enum rc
rescore_rows(const struct rescore *r, const float *x, size_t n,
             struct buf *bytes, struct err *e)
{
    size_t len = n * rescore_size(r);
    char *out;
    enum rc rc;

    buf_clear(bytes);
    out = buf_reserve(bytes, len);
    if (out == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    rc = r->ranks ? rank_rows(&r->ranked, x, n, out)
                  : score_rows(r->scoring.scorer, x, n, out);
    bytes->len = len;
    return rc == RC_OK ? RC_OK
                       : err_set(e, rc, "the rows cannot be scored again");
}
