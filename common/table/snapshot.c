/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   offset[0] ... offset[buckets]      where each bucket begins in bytes
 *   bytes:   | bucket 0 | bucket 1 | ...
 *   bucket:  u32 n | n heads | n lengths | n entries; nothing without users
 *   head:    u16: bits 0-9 the id's length, 10-15 the top bits of its hash
 *   length:  u32, of the record; only if records differ
 *   entry:   id, record
 *
 * A head tells all but one in 64 other ids of the same length apart. Heads
 * lie together, so that a look-up is a scan of one or two cache lines and, as
 * a rule, one comparison; how many they are is where the entries end.
 */
#include "common/table/snapshot_impl.h"

#include "common/base/hash.h"

#include <stdlib.h>

#define BYTES_MIN    4096
#define INDEX_MIN    64
#define CACHE_LINE   64
#define PREFETCH_MAX 576 /* of a bucket: 32 short entries */

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
    free((*s)->head);
    free((*s)->length);
    free(*s);
    *s = NULL;
}

static enum rc
make_room(struct snapshot *s, size_t n)
{
    size_t table = (s->buckets + 1) * sizeof(*s->offset);
    size_t most = s->limit_bytes - table;
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

struct snapshot *
snapshot_create(uint64_t buckets, size_t record_bytes, size_t limit_bytes)
{
    struct snapshot *s;

    if (buckets == 0 || buckets >= limit_bytes / sizeof(*s->offset)) {
        return NULL;
    }
    s = calloc(1, sizeof(*s));
    if (s == NULL) {
        return NULL;
    }
    s->buckets = buckets;
    s->record_bytes = record_bytes;
    s->limit_bytes = limit_bytes;
    s->offset = calloc(buckets + 1, sizeof(*s->offset));
    if (s->offset == NULL || make_room(s, 1) != RC_OK) {
        snapshot_destroy(&s);
    }
    return s;
}

static uint16_t
head_of(struct str user, uint64_t hash)
{
    return (uint16_t)(user.len | (hash >> 58 << SNAPSHOT_LEN_BITS));
}

static void
put(struct snapshot *s, const void *p, size_t n)
{
    memcpy(s->bytes + s->len, p, n);
    s->len += n;
}

/* Put the index before the entries; snapshot_add() saw to the room. */
static void
end_bucket(struct snapshot *s)
{
    size_t begin = s->offset[s->bucket], end = s->len;
    size_t shift = snapshot_index_bytes(s, s->n);

    if (s->n == 0) {
        return;
    }
    memmove(s->bytes + begin + shift, s->bytes + begin, end - begin);
    s->len = begin;
    put(s, &s->n, sizeof(s->n));
    put(s, s->head, s->n * sizeof(*s->head));
    if (s->record_bytes == 0) {
        put(s, s->length, s->n * sizeof(*s->length));
    }
    s->len = end + shift;
    s->n = 0;
}

static void
begin_bucket(struct snapshot *s, uint64_t bucket)
{
    if (s->bucket < bucket) {
        end_bucket(s);
    }
    while (s->bucket < bucket) {
        s->offset[++s->bucket] = s->len;
    }
}

/* Room for one more in the index of the bucket that is being filled. */
static enum rc
make_index_room(struct snapshot *s)
{
    uint32_t room = s->index_room == 0 ? INDEX_MIN : s->index_room * 2;
    uint16_t *head;
    uint32_t *length;

    if (s->n < s->index_room) {
        return RC_OK;
    }
    head = realloc(s->head, room * sizeof(*head));
    s->head = head == NULL ? s->head : head;
    length = realloc(s->length, room * sizeof(*length));
    s->length = length == NULL ? s->length : length;
    if (head == NULL || length == NULL) {
        return RC_NOMEM;
    }
    s->index_room = room;
    return RC_OK;
}

enum rc
snapshot_add(struct snapshot *s, uint64_t bucket, struct str user,
             struct str record)
{
    uint64_t hash = hash_key(user);

    if (!keyspace_user_ok(user) || record.len > UINT32_MAX ||
        (s->record_bytes != 0 && record.len != s->record_bytes) ||
        hash % s->buckets != bucket || bucket < s->bucket) {
        return RC_INVAL;
    }
    begin_bucket(s, bucket);

    enum rc rc = make_room(s, user.len + record.len +
                                  snapshot_index_bytes(s, s->n + 1u));

    if (rc == RC_OK) {
        rc = make_index_room(s);
    }
    if (rc != RC_OK) {
        return rc;
    }
    put(s, user.p, user.len);
    put(s, record.p, record.len);
    s->head[s->n] = head_of(user, hash);
    s->length[s->n++] = (uint32_t)record.len;
    s->users++;
    return RC_OK;
}

void
snapshot_seal(struct snapshot *s)
{
    begin_bucket(s, s->buckets);

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
    uint64_t bucket = hash % s->buckets;
    const char *index = s->bytes + s->offset[bucket];
    const char *lengths, *entry;
    uint16_t want = head_of(user, hash), head;
    uint32_t n, length = (uint32_t)s->record_bytes;

    if (s->offset[bucket] == s->offset[bucket + 1]) {
        return false;
    }
    memcpy(&n, index, sizeof(n));
    entry = index + snapshot_index_bytes(s, n);
    index += sizeof(n);
    lengths = index + n * sizeof(head);
    for (uint32_t i = 0; i < n; i++) {
        memcpy(&head, index + i * sizeof(head), sizeof(head));
        if (s->record_bytes == 0) {
            memcpy(&length, lengths + i * sizeof(length), sizeof(length));
        }
        if (head == want && memcmp(entry, user.p, user.len) == 0) {
            *record = (struct str){entry + user.len, length};
            return true;
        }
        entry += (head & SNAPSHOT_LEN_MASK) + length;
    }
    return false;
}

void
snapshot_prefetch_index(const struct snapshot *s, uint64_t hash)
{
    __builtin_prefetch(&s->offset[hash % s->buckets]);
}

void
snapshot_prefetch(const struct snapshot *s, uint64_t hash)
{
    uint64_t bucket = hash % s->buckets;
    size_t at = s->offset[bucket], end = s->offset[bucket + 1];

    end = end - at > PREFETCH_MAX ? at + PREFETCH_MAX : end;
    for (at -= at % CACHE_LINE; at < end; at += CACHE_LINE) {
        __builtin_prefetch(s->bytes + at);
    }
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
    return sizeof(*s) + (s->buckets + 1) * sizeof(*s->offset) + s->room;
}
