/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/query.h"

#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/table/record.h"
#include "common/table/snapshot.h"

#include <math.h>
#include <stdlib.h>

enum rc
query_set_user(struct query *q, struct str user)
{
    if (!keyspace_user_ok(user)) {
        return RC_INVAL;
    }
    const struct snapshot *s = generation_snapshot(q->gen);

    memcpy(q->user, user.p, user.len);
    q->user_len = (uint16_t)user.len;
    q->hash = hash_key(user);
    if (s != NULL) {
        snapshot_prefetch_index(s, q->hash);
    }
    return RC_OK;
}

void
query_prefetch(const struct query *q)
{
    const struct snapshot *s = generation_snapshot(q->gen);

    if (s != NULL) {
        snapshot_prefetch(s, q->hash);
    }
}

const float *
query_row(struct query *q)
{
    if (!q->row_begun) {
        q->row_begun = true;
        memset(q->known, 0, q->ncol);
        for (size_t i = 0; i < q->ncol; i++) {
            q->x[i] = NAN;
        }
    }
    return q->x;
}

enum rc
query_set_feature(struct query *q, struct str name, float value)
{
    ptrdiff_t i = schema_find(q->gen->schema, name);

    if (i < 0) {
        return RC_NOT_FOUND;
    }
    (void)query_row(q);
    if (q->known[i]) {
        return RC_CONFLICT;
    }
    q->x[i] = value;
    q->known[i] = 1;
    q->nnamed++;
    return RC_OK;
}

bool
query_overlay(struct query *q, struct str row)
{
    float *row_of_store = q->prediction.y;
    uint64_t updated_us;

    /* y is free until the row is scored; a row is decoded beside x, then
       merged, so that what the request named stays. */
    if (record_get_features(row, &updated_us, row_of_store, q->ncol) != RC_OK) {
        return false;
    }
    (void)query_row(q);
    for (size_t i = 0; i < q->ncol; i++) {
        if (!q->known[i]) {
            q->x[i] = row_of_store[i];
            q->known[i] = 1;
        }
    }
    return true;
}

struct str
query_lacks(const struct query *q, size_t *i)
{
    while (*i < q->ncol) {
        size_t at = (*i)++;

        if (!q->row_begun || !q->known[at]) {
            return schema_name(q->gen->schema, at);
        }
    }
    return (struct str){NULL, 0};
}

static void
free_room(struct query *q)
{
    free(q->x);
    free(q->prediction.y);
    free(q->prediction.item);
    free(q->known);
}

/* Room for a row, a prediction and the marks of the widest model so far. */
static enum rc
make_room(struct query *q, size_t n)
{
    struct prediction *p = &q->prediction;

    if (n <= q->room) {
        return RC_OK;
    }
    free_room(q);
    q->x = malloc(n * sizeof(*q->x));
    p->y = malloc(n * sizeof(*p->y));
    p->item = malloc(n * sizeof(*p->item));
    q->known = malloc(n);
    q->room =
        q->x != NULL && p->y != NULL && p->item != NULL && q->known != NULL ? n
                                                                            : 0;
    return q->room == n ? RC_OK : RC_NOMEM;
}

enum rc
query_pin(struct query *q, struct generation *gen)
{
    size_t ncol = schema_size(gen->schema);
    size_t nout = generation_room(gen);

    q->nnamed = 0;
    q->row_begun = false;
    if (q->gen == gen) {
        return RC_OK;
    }
    if (make_room(q, ncol > nout ? ncol : nout) != RC_OK) {
        return RC_NOMEM;
    }
    generation_release(&q->gen);
    q->gen = generation_hold(gen);
    q->ncol = ncol;
    return RC_OK;
}

void
query_fini(struct query *q)
{
    generation_release(&q->gen);
    free_room(q);
}
