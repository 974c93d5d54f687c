/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/snapshot_impl.h"

#include <stdlib.h>

struct head {
    uint64_t buckets;
    uint64_t record_bytes;
    uint64_t users;
};

_Static_assert(sizeof(struct head) == SNAPSHOT_HEAD, "as the header says");

void
snapshot_parts(const struct snapshot *s, char out[SNAPSHOT_HEAD],
               struct snapshot_parts *parts)
{
    const struct head head = {s->buckets, s->record_bytes, s->users};

    memcpy(out, &head, sizeof(head));
    parts->head = (struct str){out, sizeof(head)};
    parts->offsets = (struct str){(const char *)s->offset,
                                  (s->buckets + 1) * sizeof(*s->offset)};
    parts->bytes = (struct str){s->bytes, s->len};
}

/* Do the entries of n users end where the bucket does? */
static bool
entries_fit(const struct snapshot *s, const char *index, uint32_t n,
            uint64_t room)
{
    const char *heads = index + sizeof(n);
    const char *lengths = heads + n * sizeof(uint16_t);
    uint64_t sum = snapshot_index_bytes(s, n);

    for (uint32_t i = 0; i < n; i++) {
        uint16_t head;
        uint32_t length = (uint32_t)s->record_bytes;

        memcpy(&head, heads + i * sizeof(head), sizeof(head));
        if (s->record_bytes == 0) {
            memcpy(&length, lengths + i * sizeof(length), sizeof(length));
        }
        head &= SNAPSHOT_LEN_MASK;
        if (head == 0 || head > USER_MAX) {
            return false;
        }
        sum += head + (uint64_t)length;
    }
    return sum == room;
}

static bool
bucket_fits(const struct snapshot *s, uint64_t bucket, uint64_t *users)
{
    uint64_t begin = s->offset[bucket], end = s->offset[bucket + 1];
    uint32_t n;

    if (begin == end) {
        return true;
    }
    if (begin > end || end > s->len || end - begin < sizeof(n)) {
        return false;
    }
    memcpy(&n, s->bytes + begin, sizeof(n));
    *users += n;
    return n > 0 && n <= (end - begin) / sizeof(uint16_t) &&
           snapshot_index_bytes(s, n) <= end - begin &&
           entries_fit(s, s->bytes + begin, n, end - begin);
}

static bool
is_whole(const struct snapshot *s)
{
    uint64_t users = 0;

    if (s->offset[0] != 0 || s->offset[s->buckets] != s->len) {
        return false;
    }
    for (uint64_t i = 0; i < s->buckets; i++) {
        if (!bucket_fits(s, i, &users)) {
            return false;
        }
    }
    return users == s->users;
}

static bool
has_shape(const struct snapshot_parts *parts, struct head *head)
{
    if (parts->head.len != sizeof(*head)) {
        return false;
    }
    memcpy(head, parts->head.p, sizeof(*head));
    return head->buckets > 0 && head->buckets < UINT64_MAX &&
           head->record_bytes <= UINT32_MAX &&
           parts->offsets.len % sizeof(uint64_t) == 0 &&
           parts->offsets.len / sizeof(uint64_t) == head->buckets + 1 &&
           (uintptr_t)parts->offsets.p % sizeof(uint64_t) == 0;
}

enum rc
snapshot_open(struct snapshot **out, const struct snapshot_parts *parts,
              struct err *e)
{
    struct head head;
    struct snapshot *s;

    if (!has_shape(parts, &head)) {
        return err_set(e, RC_INVAL, "the snapshot is not whole");
    }
    s = calloc(1, sizeof(*s));
    if (s == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    /* Never written: what fills a snapshot is not called for this one. */
    s->borrowed = true;
    s->buckets = head.buckets;
    s->record_bytes = head.record_bytes;
    s->users = head.users;
    s->offset = (uint64_t *)(uintptr_t)parts->offsets.p;
    s->bytes = (char *)(uintptr_t)parts->bytes.p;
    s->len = s->room = parts->bytes.len;
    if (!is_whole(s)) {
        snapshot_destroy(&s);
        return err_set(e, RC_INVAL, "the snapshot is not whole");
    }
    *out = s;
    return RC_OK;
}
