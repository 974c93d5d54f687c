/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows lie one behind the other in the blocks they were parsed into, one
 * block a chunk of input, in memory or, past a limit, in a file:
 *
 *   hash u64 | payload length u32 | id length u16 | id | payload
 *
 * Grouping makes one array of slots (hash and place), bucket after bucket;
 * bucket b is slot[start[b]] to slot[start[b] + count[b]], count being less
 * than the distance to start[b + 1] where duplicates were dropped.
 */
#include "batchgen/keep.h"

#include "batchgen/spill.h"
#include "common/base/check.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_SIZE      14
#define INSERTION_ROWS 48
#define AHEAD          24 /* slots whose row is fetched before its turn */

struct block {
    char *p;         /* NULL: it is spilled... */
    uint64_t offset; /* ...to here */
    size_t nrow;
};

struct slot {
    uint64_t hash;
    const char *row;
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
    struct slot *slot;
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
    uint32_t payload_len = (uint32_t)payload_size;
    uint16_t len = (uint16_t)user.len;
    char *p = buf_reserve(bytes, HEAD_SIZE + user.len + payload_size);

    if (p == NULL) {
        return 0;
    }
    memcpy(p, &hash, sizeof(hash));
    memcpy(p + sizeof(hash), &payload_len, sizeof(payload_len));
    memcpy(p + sizeof(hash) + sizeof(payload_len), &len, sizeof(len));
    memcpy(p + HEAD_SIZE, user.p, user.len);
    bytes->len += HEAD_SIZE + user.len + payload_size;
    return bytes->len - payload_size;
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

static struct str
row_user(const char *row)
{
    uint16_t len;

    memcpy(&len, row + sizeof(uint64_t) + sizeof(uint32_t), sizeof(len));
    return (struct str){row + HEAD_SIZE, len};
}

static struct str
row_payload(const char *row)
{
    uint32_t len;

    memcpy(&len, row + sizeof(uint64_t), sizeof(len));
    return (struct str){row + HEAD_SIZE + row_user(row).len, len};
}

static const char *
next_row(const char *row)
{
    struct str payload = row_payload(row);

    return payload.p + payload.len;
}

static uint64_t
row_hash(const char *row)
{
    uint64_t hash;

    memcpy(&hash, row, sizeof(hash));
    return hash;
}

static void
count_rows(struct keep *k)
{
    for (size_t i = 0; i < k->nblock; i++) {
        const char *row = block_rows(k, &k->block[i]);

        for (size_t j = 0; j < k->block[i].nrow; j++) {
            k->count[row_hash(row) % k->buckets]++;
            row = next_row(row);
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
            uint64_t hash = row_hash(row);
            uint64_t b = hash % k->buckets;

            k->slot[k->start[b] + k->count[b]++] = (struct slot){hash, row};
            row = next_row(row);
        }
    }
}

static int
compare(const struct slot *a, const struct slot *b)
{
    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    return str_cmp(row_user(a->row), row_user(b->row));
}

static void
insertion_sort(struct slot *s, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct slot one = s[i];
        size_t j = i;

        while (j > 0 && compare(&s[j - 1], &one) > 0) {
            s[j] = s[j - 1];
            j--;
        }
        s[j] = one;
    }
}

/*
 * Stable, which is what makes the last duplicate the last; tmp: n slots.
 * Buckets of an honest input never leave the first branch.
 */
static void
sort(struct slot *s, size_t n, struct slot *tmp)
{
    size_t half = n / 2, i = 0, j = half, at = 0;

    if (n <= INSERTION_ROWS) {
        insertion_sort(s, n);
        return;
    }
    sort(s, half, tmp);
    sort(s + half, n - half, tmp);
    memcpy(tmp, s, n * sizeof(*s));
    while (i < half && j < n) {
        s[at++] = compare(&tmp[j], &tmp[i]) < 0 ? tmp[j++] : tmp[i++];
    }
    while (i < half) {
        s[at++] = tmp[i++];
    }
    while (j < n) {
        s[at++] = tmp[j++];
    }
}

/* Of equal neighbours the last stays. Returns how many are left. */
static uint32_t
drop_duplicates(struct slot *s, uint32_t n)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (i + 1 == n || compare(&s[i], &s[i + 1]) != 0) {
            s[kept++] = s[i];
        }
    }
    return kept;
}

static enum rc
sort_buckets(struct keep *k, bool all)
{
    struct slot *tmp;
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
        struct slot *s = k->slot + k->start[b];

        sort(s, k->count[b], tmp);
        k->count[b] = all ? k->count[b] : drop_duplicates(s, k->count[b]);
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
    const struct slot *s = &k->slot[k->start[b] + i];

    /* Rows lie in the order of the input: each is a cache miss. */
    __builtin_prefetch(s[AHEAD - 1].row);
    *user = row_user(s->row);
    *payload = row_payload(s->row);
}
