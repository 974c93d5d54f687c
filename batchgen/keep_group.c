/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/keep_impl.h"

#include "common/base/check.h"

#include <stdlib.h>
#include <string.h>

#define AHEAD 24 /* slots whose row is fetched before its turn */

void
keep_ungroup(struct keep *k)
{
    free(k->slot);
    free(k->start);
    free(k->count);
    k->slot = NULL;
    k->start = NULL;
    k->count = NULL;
}

static const char *
block_rows(const struct keep *k, const struct keep_block *b)
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
    keep_ungroup(k);
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
