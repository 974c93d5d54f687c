/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/shortlist.h"

#include "common/base/hash.h"
#include "common/model/ranking_pick.h"
#include "common/table/keyspace.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_BYTES ((size_t)1 << 20) /* handed on together */
#define ROWS_MAX   ((size_t)1 << 30)

/* Room for the candidates of one user, and the rows made so far. */
struct work {
    struct shortlist *s;
    const struct keep *from;
    struct keep *to;
    uint64_t *seen; /* of each item: the last user who had it, from 1 */
    uint32_t *item; /* the user's candidates, the last `n` of cap */
    float *score;
    size_t cap;
    struct record_item *best;
    struct buf rows;
    size_t nrow;
};

static size_t
min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static enum rc
reserve(struct work *w, size_t n)
{
    if (n <= w->cap) {
        return RC_OK;
    }
    free(w->item);
    free(w->score);
    w->cap = 2 * n;
    w->item = malloc(w->cap * sizeof(*w->item));
    w->score = malloc(w->cap * sizeof(*w->score));
    return w->item == NULL || w->score == NULL ? RC_NOMEM : RC_OK;
}

/*
 * Rows [first, end) of a bucket without duplicates to the end of item and
 * score, in their order. Backwards, as the last of a kind counts.
 */
static size_t
collect(struct work *w, uint64_t bucket, size_t first, size_t end)
{
    size_t at = w->cap;

    for (size_t i = end; i > first; i--) {
        struct record_item one;
        struct str user, payload;

        keep_row(w->from, bucket, i - 1, &user, &payload);
        memcpy(&one, payload.p, sizeof(one));
        if (w->seen[one.item] == w->s->users) {
            w->s->duplicate++;
            continue;
        }
        w->seen[one.item] = w->s->users;
        at--;
        w->item[at] = one.item;
        w->score[at] = one.score;
    }
    return w->cap - at;
}

static enum rc
put_record(struct work *w, struct str user, size_t n)
{
    size_t size = record_size(w->s->encoding, n);
    size_t at = keep_put(&w->rows, hash_key(user), user, size);

    if (buf_failed(&w->rows)) {
        return RC_NOMEM;
    }
    record_put_items(w->s->encoding, w->rows.p + at, w->best, n);
    w->s->longest = size > w->s->longest ? size : w->s->longest;
    w->s->listed += n;
    w->nrow++;
    return RC_OK;
}

static enum rc
hand_on(struct work *w)
{
    enum rc rc = keep_add(w->to, &w->rows, w->nrow);

    w->nrow = 0;
    return rc;
}

static enum rc
rank_user(struct work *w, uint64_t bucket, size_t first, size_t end,
          struct str user)
{
    size_t n, kept;
    enum rc rc = reserve(w, end - first);

    if (rc != RC_OK) {
        return rc;
    }
    w->s->users++;
    n = collect(w, bucket, first, end);
    kept = min(n, w->s->top);
    ranking_pick_best(w->score + w->cap - n, n, 1, kept, w->best);
    for (size_t i = 0; i < kept; i++) {
        w->best[i].item = w->item[w->cap - n + w->best[i].item];
    }
    w->s->beaten += n - kept;
    rc = put_record(w, user, kept);
    return rc == RC_OK && w->rows.len > ROWS_BYTES ? hand_on(w) : rc;
}

/* In a bucket the rows of a user follow each other. */
static enum rc
rank_bucket(struct work *w, uint64_t bucket)
{
    size_t n = keep_bucket_rows(w->from, bucket), end;
    enum rc rc = RC_OK;

    for (size_t first = 0; first < n && rc == RC_OK; first = end) {
        struct str user, other, payload;

        keep_row(w->from, bucket, first, &user, &payload);
        for (end = first + 1; end < n; end++) {
            keep_row(w->from, bucket, end, &other, &payload);
            if (!str_eq(other, user)) {
                break;
            }
        }
        rc = rank_user(w, bucket, first, end, user);
    }
    return rc;
}

static enum rc
rank_all(struct work *w)
{
    enum rc rc = w->seen == NULL || w->best == NULL ? RC_NOMEM : RC_OK;

    for (uint64_t b = 0; b < keep_buckets(w->from) && rc == RC_OK; b++) {
        rc = rank_bucket(w, b);
    }
    return rc == RC_OK ? hand_on(w) : rc;
}

enum rc
shortlist_make(struct shortlist *s, struct keep *from, uint64_t n,
               struct keep *to, struct err *e)
{
    struct work w = {
        .s = s,
        .from = from,
        .to = to,
        .seen = calloc((size_t)s->nitem + 1, sizeof(*w.seen)),
        .best = calloc(min(s->top, s->nitem) + 1, sizeof(*w.best)),
    };
    enum rc rc = keep_group_all(from, keyspace_buckets_for(n), e);

    buf_init(&w.rows, ROWS_MAX);
    if (rc == RC_OK && rank_all(&w) != RC_OK) {
        rc = err_set(e, RC_NOMEM, "out of memory");
    }
    buf_fini(&w.rows);
    free(w.seen);
    free(w.item);
    free(w.score);
    free(w.best);
    return rc;
}
