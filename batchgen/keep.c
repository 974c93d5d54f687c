/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows lie one behind the other in the blocks they were parsed into, one
 * block a chunk of input, in memory or, past a limit, in a file.
 *
 * Grouping makes one array of slots (hash and place), bucket after bucket;
 * bucket b is slot[start[b]] to slot[start[b] + count[b]], count being less
 * than the distance to start[b + 1] where duplicates were dropped.
 */
#include "batchgen/keep.h"

#include "batchgen/keep_slot.h"
#include "batchgen/spill.h"
#include "common/base/check.h"

#include <stdlib.h>
#include <string.h>

#define AHEAD 24 /* slots whose row is fetched before its turn */

struct block {
    char *p;         /* NULL: it is spilled... */
    uint64_t offset; /* ...to here */
    size_t nrow;
};

struct keep {
    struct block *block;
    size_t nblock, block_cap;
    uint64_t held_bytes, limit_bytes; /* of blocks in memory */
    struct spill spill;
    const char *spilled; /* where it is mapped */
    uint64_t total;      /* rows added */
    uint64_t rows;       /* rows left after grouping */
    uint64_t buckets;
    struct keep_slot *slot;
    uint64_t *start;
    uint32_t *count;
};

struct keep *
keep_create(void)
{
    struct keep *k = calloc(1, sizeof(*k));

    if (k != NULL) {
        k->limit_bytes = UINT64_MAX;
        spill_init(&k->spill);
    }
    return k;
}

void
keep_limit(struct keep *k, uint64_t limit_bytes)
{
    k->limit_bytes = limit_bytes;
}

static void
ungroup(struct keep *k)
{
    free(k->slot);
    free(k->start);
    free(k->count);
    k->slot = NULL;
    k->start = NULL;
    k->count = NULL;
}

void
keep_destroy(struct keep **k)
{
    if (*k == NULL) {
        return;
    }
    for (size_t i = 0; i < (*k)->nblock; i++) {
        free((*k)->block[i].p);
    }
    free((*k)->block);
    spill_fini(&(*k)->spill);
    ungroup(*k);
    free(*k);
    *k = NULL;
}

size_t
keep_put(struct buf *bytes, uint64_t hash, struct str user, size_t payload_size)
{
    return keep_slot_put(bytes, hash, user, payload_size);
}

static enum rc
add_block(struct keep *k, struct block **out)
{
    if (k->nblock == k->block_cap) {
        size_t cap = k->block_cap == 0 ? 256 : 2 * k->block_cap;
        struct block *more = realloc(k->block, cap * sizeof(*more));

        if (more == NULL) {
            return RC_NOMEM;
        }
        k->block = more;
        k->block_cap = cap;
    }
    *out = &k->block[k->nblock];
    **out = (struct block){.p = NULL};
    return RC_OK;
}

/* The block takes the memory over. */
static void
hold(struct keep *k, struct block *b, struct buf *bytes)
{
    char *fitted = realloc(bytes->p, bytes->len);

    b->p = fitted != NULL ? fitted : bytes->p;
    k->held_bytes += bytes->len;
    buf_init(bytes, bytes->max);
}

enum rc
keep_add(struct keep *k, struct buf *bytes, size_t nrow)
{
    struct block *b;
    enum rc rc;

    if (nrow == 0) {
        buf_clear(bytes);
        return RC_OK;
    }
    rc = add_block(k, &b);
    if (rc != RC_OK) {
        return rc;
    }
    if (k->held_bytes + bytes->len <= k->limit_bytes) {
        hold(k, b, bytes);
    } else {
        rc = spill_write(&k->spill, buf_view(bytes), &b->offset);
        buf_clear(bytes);
    }
    b->nrow = nrow;
    k->nblock += rc == RC_OK;
    k->total += rc == RC_OK ? nrow : 0;
    return rc;
}

static const char *
block_rows(const struct keep *k, const struct block *b)
{
    return b->p != NULL ? b->p : k->spilled + b->offset;
}

static void
count_rows(struct keep *k)
{
    for (size_t i = 0; i < k->nblock; i++) {
        const char *row = block_rows(k, &k->block[i]);

        for (size_t j = 0; j < k->block[i].nrow; j++) {
            k->count[keep_slot_hash(row) % k->buckets]++;
            row = keep_slot_next(row);
        }
    }
}

static void
place_rows(struct keep *k)
{
    memset(k->count, 0, k->buckets * sizeof(*k->count));
    for (size_t i = 0; i < k->nblock; i++) {
        const char *row = block_rows(k, &k->block[i]);

        for (size_t j = 0; j < k->block[i].nrow; j++) {
            uint64_t hash = keep_slot_hash(row);
            uint64_t b = hash % k->buckets;

            k->slot[k->start[b] + k->count[b]++] =
                (struct keep_slot){hash, row};
            row = keep_slot_next(row);
        }
    }
}

static enum rc
sort_buckets(struct keep *k, bool all)
{
    struct keep_slot *tmp;
    uint32_t most = 1;

    for (uint64_t b = 0; b < k->buckets; b++) {
        most = k->count[b] > most ? k->count[b] : most;
    }
    tmp = malloc(most * sizeof(*tmp));
    if (tmp == NULL) {
        return RC_NOMEM;
    }
    k->rows = 0;
    for (uint64_t b = 0; b < k->buckets; b++) {
        struct keep_slot *s = k->slot + k->start[b];

        keep_slot_sort(s, k->count[b], tmp);
        k->count[b] = all ? k->count[b] : keep_slot_unique(s, k->count[b]);
        k->rows += k->count[b];
    }
    free(tmp);
    return RC_OK;
}

static enum rc
group(struct keep *k, uint64_t buckets, bool all, struct err *e)
{
    CHECK(buckets > 0);
    ungroup(k);
    k->buckets = buckets;
    k->slot = calloc(k->total + AHEAD, sizeof(*k->slot));
    k->start = malloc(buckets * sizeof(*k->start));
    k->count = calloc(buckets, sizeof(*k->count));
    if (k->slot == NULL || k->start == NULL || k->count == NULL ||
        spill_map(&k->spill, &k->spilled) != RC_OK) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    count_rows(k);
    for (uint64_t b = 0, at = 0; b < buckets; b++) {
        k->start[b] = at;
        at += k->count[b];
    }
    place_rows(k);
    if (sort_buckets(k, all) != RC_OK) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    return RC_OK;
}

enum rc
keep_group(struct keep *k, uint64_t buckets, struct err *e)
{
    return group(k, buckets, false, e);
}

enum rc
keep_group_all(struct keep *k, uint64_t buckets, struct err *e)
{
    return group(k, buckets, true, e);
}

uint64_t
keep_rows(const struct keep *k)
{
    return k->rows;
}

uint64_t
keep_duplicates(const struct keep *k)
{
    return k->total - k->rows;
}

uint64_t
keep_buckets(const struct keep *k)
{
    return k->buckets;
}

size_t
keep_bucket_rows(const struct keep *k, uint64_t b)
{
    return k->count[b];
}

void
keep_row(const struct keep *k, uint64_t b, size_t i, struct str *user,
         struct str *payload)
{
    const struct keep_slot *s = &k->slot[k->start[b] + i];

    /* Rows lie in the order of the input: each is a cache miss. */
    __builtin_prefetch(s[AHEAD - 1].row);
    *user = keep_slot_user(s->row);
    *payload = keep_slot_payload(s->row);
}
