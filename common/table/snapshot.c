/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   offset[0] ... offset[buckets]      where each bucket begins in bytes
 *   bytes:  | bucket 0: entry entry ... | bucket 1: entry ... | ...
 *   entry:  u16 head | id | u32 length, if records differ | record
 *   head:   bits 0-9 the id's length, 10-15 the top bits of its hash
 *
 * The head tells all but one in 64 other ids of the same length apart, so
 * that a look-up is one short scan and, as a rule, one comparison.
 */
#include "common/table/snapshot.h"

#include "common/base/hash.h"
#include "common/table/keyspace.h"

#include <stdlib.h>

#define BYTES_MIN  4096
#define CACHE_LINE 64
#define LINES      7 /* of a bucket of 32 short entries */
#define LEN_BITS   10
#define LEN_MASK   ((1u << LEN_BITS) - 1)

_Static_assert(USER_MAX <= LEN_MASK, "an id's length fits the head");

struct snapshot {
    uint64_t buckets;
    size_t record_bytes;
    size_t limit_bytes;
    uint64_t users;
    uint64_t bucket; /* that is being filled */
    uint64_t *offset;
    char *bytes;
    size_t len, room;
};

void
snapshot_destroy(struct snapshot **s)
{
    if (s == NULL || *s == NULL) {
        return;
    }
    free((*s)->offset);
    free((*s)->bytes);
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
    return (uint16_t)(user.len | (hash >> 58 << LEN_BITS));
}

static void
put(struct snapshot *s, const void *p, size_t n)
{
    memcpy(s->bytes + s->len, p, n);
    s->len += n;
}

static void
begin_bucket(struct snapshot *s, uint64_t bucket)
{
    while (s->bucket < bucket) {
        s->offset[++s->bucket] = s->len;
    }
}

enum rc
snapshot_add(struct snapshot *s, uint64_t bucket, struct str user,
             struct str record)
{
    uint64_t hash = hash_key(user);
    uint16_t head = head_of(user, hash);
    uint32_t length = (uint32_t)record.len;

    if (!keyspace_user_ok(user) || record.len > UINT32_MAX ||
        (s->record_bytes != 0 && record.len != s->record_bytes) ||
        hash % s->buckets != bucket || bucket < s->bucket) {
        return RC_INVAL;
    }
    enum rc rc =
        make_room(s, sizeof(head) + user.len + sizeof(length) + record.len);

    if (rc != RC_OK) {
        return rc;
    }
    begin_bucket(s, bucket);
    put(s, &head, sizeof(head));
    put(s, user.p, user.len);
    if (s->record_bytes == 0) {
        put(s, &length, sizeof(length));
    }
    put(s, record.p, record.len);
    s->users++;
    return RC_OK;
}

void
snapshot_seal(struct snapshot *s)
{
    char *bytes = s->len == 0 ? NULL : realloc(s->bytes, s->len);

    begin_bucket(s, s->buckets);
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
    const char *p = s->bytes + s->offset[bucket];
    const char *end = s->bytes + s->offset[bucket + 1];
    uint16_t want = head_of(user, hash), head;
    uint32_t length = (uint32_t)s->record_bytes;

    while (p < end) {
        memcpy(&head, p, sizeof(head));
        const char *id = p + sizeof(head);
        const char *rest = id + (head & LEN_MASK);

        if (s->record_bytes == 0) {
            memcpy(&length, rest, sizeof(length));
            rest += sizeof(length);
        }
        if (head == want && memcmp(id, user.p, user.len) == 0) {
            *record = (struct str){rest, length};
            return true;
        }
        p = rest + length;
    }
    return false;
}

void
snapshot_prefetch(const struct snapshot *s, uint64_t hash)
{
    const char *p = s->bytes + s->offset[hash % s->buckets];

    for (int i = 0; i < LINES; i++) {
        __builtin_prefetch(p + i * CACHE_LINE);
    }
}

uint64_t
snapshot_users(const struct snapshot *s)
{
    return s->users;
}

size_t
snapshot_bytes(const struct snapshot *s)
{
    return sizeof(*s) + (s->buckets + 1) * sizeof(*s->offset) + s->room;
}
