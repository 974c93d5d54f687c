/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bucket of Redis is cut into cells by the bits of the hash that did not
 * choose the bucket, so that a look-up reads a few users and not forty:
 *
 *   offset[0] ... offset[buckets * cells]     where each cell begins in bytes
 *   bytes:   | cell 0 of bucket 0 | cell 1 of bucket 0 | ...
 *   cell:    entries, one after the other, to where the next cell begins
 *   entry:   u16 head | u32 length | id | record
 *   head:    bits 0-9 the id's length, 10-15 the top bits of its hash
 *   length:  of the record; only if records differ
 *
 * A head tells all but one in 64 other ids of the same length apart. A cell of
 * a score is two or three cache lines.
 */
#include "common/table/snapshot_impl.h"

#include "common/base/hash.h"
#include "common/base/pages.h"

#include <stdlib.h>

#define BYTES_MIN    4096
#define CELL_USERS   12 /* of a cell at most, on average; half of it at least */
#define CACHE_LINE   64
#define PREFETCH_MAX 512 /* of a cell */

void
snapshot_destroy(struct snapshot **s)
{
    if (s == NULL || *s == NULL) {
        return;
    }
    if (!(*s)->borrowed) {
        free((*s)->offset);
        free((*s)->bytes);
    }
    buf_fini(&(*s)->filling);
    free(*s);
    *s = NULL;
}

/* For n bytes behind what is there. */
static enum rc
make_room(struct snapshot *s, size_t n)
{
    size_t most = s->limit_bytes - snapshot_offsets(s) * sizeof(*s->offset);
    size_t room = s->room == 0 ? BYTES_MIN : s->room + s->room / 2;
    char *bytes;

    if (n <= s->room - s->len) {
        return RC_OK;
    }
    if (n > most - s->len) {
        return RC_FULL;
    }
    room = room < s->len + n ? s->len + n : room;
    room = room > most ? most : room;
    bytes = realloc(s->bytes, room);
    if (bytes == NULL) {
        return RC_NOMEM;
    }
    s->bytes = bytes;
    s->room = room;
    return RC_OK;
}

static uint64_t
cells_for(uint64_t buckets, uint64_t users)
{
    uint64_t cells = 1;

    while (users / CELL_USERS / cells >= buckets) {
        cells *= 2;
    }
    return cells;
}

struct snapshot *
snapshot_create(uint64_t buckets, uint64_t users, size_t record_bytes,
                size_t limit_bytes)
{
    uint64_t cells = buckets == 0 ? 1 : cells_for(buckets, users);
    struct snapshot *s;

    if (buckets == 0 || buckets >= limit_bytes / sizeof(*s->offset) / cells) {
        return NULL;
    }
    s = calloc(1, sizeof(*s));
    if (s == NULL) {
        return NULL;
    }
    snapshot_shape(s, buckets, cells);
    s->record_bytes = record_bytes;
    s->limit_bytes = limit_bytes;
    buf_init(&s->filling, SIZE_MAX);
    s->offset = calloc(snapshot_offsets(s), sizeof(*s->offset));
    if (s->offset == NULL || make_room(s, 1) != RC_OK) {
        snapshot_destroy(&s);
    }
    return s;
}

/* Which cell of all. Buckets are a power of two, unless others wrote them. */
static uint64_t
cell_of(const struct snapshot *s, uint64_t hash)
{
    if (s->shift != 0) {
        return (hash & (s->buckets - 1)) * s->cells +
               (hash >> s->shift & (s->cells - 1));
    }
    return hash % s->buckets * s->cells + (hash / s->buckets & (s->cells - 1));
}

static uint16_t
head_of(struct str user, uint64_t hash)
{
    return (uint16_t)(user.len | (hash >> 58 << SNAPSHOT_LEN_BITS));
}

/* Lengths of the bucket's cells become where each begins. */
static void
place_cells(struct snapshot *s, uint64_t *offset)
{
    uint64_t at = s->len;

    for (uint64_t i = 0; i < s->cells; i++) {
        uint64_t length = offset[i];

        offset[i] = at;
        at += length;
    }
}

/* Entries go to their cells; snapshot_add() saw to the room. */
static void
end_bucket(struct snapshot *s)
{
    uint64_t *offset = s->offset + s->bucket * s->cells;
    size_t n;

    place_cells(s, offset);
    for (size_t at = 0; at < s->filling.len; at += n) {
        struct snapshot_entry e = snapshot_entry(s, s->filling.p + at);
        uint64_t *to = &s->offset[cell_of(s, hash_key(e.user))];

        n = snapshot_front(s) + e.user.len + e.record.len;
        memcpy(s->bytes + *to, s->filling.p + at, n);
        *to += n;
    }
    /* Each is at its end now, which is where the next one begins. */
    memmove(offset + 1, offset, (s->cells - 1) * sizeof(*offset));
    offset[0] = s->len;
    s->len += s->filling.len;
    buf_clear(&s->filling);
}

static void
begin_bucket(struct snapshot *s, uint64_t bucket)
{
    while (s->bucket < bucket) {
        end_bucket(s);
        s->bucket++;
    }
}

enum rc
snapshot_add(struct snapshot *s, uint64_t bucket, struct str user,
             struct str record)
{
    size_t n = snapshot_front(s) + user.len + record.len;
    uint32_t length = (uint32_t)record.len;
    uint64_t hash = hash_key(user);
    uint16_t head = head_of(user, hash);

    if (!keyspace_user_ok(user) || record.len > UINT32_MAX ||
        (s->record_bytes != 0 && record.len != s->record_bytes) ||
        hash % s->buckets != bucket || bucket < s->bucket) {
        return RC_INVAL;
    }
    begin_bucket(s, bucket);

    enum rc rc = make_room(s, s->filling.len + n);

    if (rc != RC_OK) {
        return rc;
    }
    buf_put(&s->filling, &head, sizeof(head));
    if (s->record_bytes == 0) {
        buf_put(&s->filling, &length, sizeof(length));
    }
    buf_str(&s->filling, user);
    buf_str(&s->filling, record);
    if (buf_failed(&s->filling)) {
        return RC_NOMEM;
    }
    s->offset[cell_of(s, hash)] += n;
    s->users++;
    return RC_OK;
}

void
snapshot_seal(struct snapshot *s)
{
    begin_bucket(s, s->buckets);
    s->offset[snapshot_offsets(s) - 1] = s->len;
    buf_fini(&s->filling);

    char *bytes = s->len == 0 ? NULL : realloc(s->bytes, s->len);

    /* A realloc that fails leaves what is there. */
    if (bytes != NULL) {
        s->bytes = bytes;
        s->room = s->len;
    }
}

bool
snapshot_find(const struct snapshot *s, struct str user, uint64_t hash,
              struct str *record)
{
    const uint64_t *offset = s->offset + cell_of(s, hash);
    const char *at = s->bytes + offset[0], *end = s->bytes + offset[1];
    uint16_t want = head_of(user, hash);

    while (at < end) {
        struct snapshot_entry e = snapshot_entry(s, at);

        if (e.head == want && memcmp(e.user.p, user.p, user.len) == 0) {
            *record = e.record;
            return true;
        }
        at = e.end;
    }
    return false;
}

void
snapshot_prefetch_index(const struct snapshot *s, uint64_t hash)
{
    __builtin_prefetch(&s->offset[cell_of(s, hash)]);
}

void
snapshot_prefetch(const struct snapshot *s, uint64_t hash)
{
    const uint64_t *offset = s->offset + cell_of(s, hash);
    size_t at = offset[0], end = offset[1];

    end = end - at > PREFETCH_MAX ? at + PREFETCH_MAX : end;
    for (at -= at % CACHE_LINE; at < end; at += CACHE_LINE) {
        __builtin_prefetch(s->bytes + at);
    }
}

bool
snapshot_enlarge_pages(struct snapshot *s)
{
    return pages_enlarge(s->bytes, s->len, &s->bytes_paged) &&
           pages_enlarge(s->offset, snapshot_offsets(s) * sizeof(*s->offset),
                         &s->offset_paged);
}

uint64_t
snapshot_users(const struct snapshot *s)
{
    return s->users;
}

uint64_t
snapshot_buckets(const struct snapshot *s)
{
    return s->buckets;
}

size_t
snapshot_bytes(const struct snapshot *s)
{
    return sizeof(*s) + snapshot_offsets(s) * sizeof(*s->offset) + s->room;
}
