/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/snapshot_impl.h"

#include <stdlib.h>

struct head {
    uint64_t buckets;
    uint64_t cells;
    uint64_t record_bytes;
    uint64_t users;
};

_Static_assert(sizeof(struct head) == SNAPSHOT_HEAD, "as the header says");

void
snapshot_parts(const struct snapshot *s, char out[SNAPSHOT_HEAD],
               struct snapshot_parts *parts)
{
    const struct head head = {s->buckets, s->cells, s->record_bytes, s->users};

    memcpy(out, &head, sizeof(head));
    parts->head = (struct str){out, sizeof(head)};
    parts->offsets = (struct str){(const char *)s->offset,
                                  snapshot_offsets(s) * sizeof(*s->offset)};
    parts->bytes = (struct str){s->bytes, s->len};
}

/* Do whole entries fill the cell? */
static bool
cell_fits(const struct snapshot *s, uint64_t cell, uint64_t *users)
{
    uint64_t begin = s->offset[cell], end = s->offset[cell + 1];

    if (begin > end || end > s->len) {
        return false;
    }
    while (begin < end) {
        if (end - begin < snapshot_front(s)) {
            return false;
        }
        struct snapshot_entry e = snapshot_entry(s, s->bytes + begin);
        uint64_t n = snapshot_front(s) + e.user.len + (uint64_t)e.record.len;

        if (e.user.len == 0 || e.user.len > USER_MAX || n > end - begin) {
            return false;
        }
        begin += n;
        ++*users;
    }
    return true;
}

static bool
is_whole(const struct snapshot *s)
{
    uint64_t users = 0, cells = snapshot_offsets(s) - 1;

    if (s->offset[0] != 0 || s->offset[cells] != s->len) {
        return false;
    }
    for (uint64_t i = 0; i < cells; i++) {
        if (!cell_fits(s, i, &users)) {
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

    uint64_t n = parts->offsets.len / sizeof(uint64_t);

    return n > 1 && head->buckets > 0 && head->cells > 0 &&
           (head->cells & (head->cells - 1)) == 0 &&
           head->cells <= (n - 1) / head->buckets &&
           head->buckets * head->cells == n - 1 &&
           head->record_bytes <= UINT32_MAX &&
           parts->offsets.len % sizeof(uint64_t) == 0 &&
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
    snapshot_shape(s, head.buckets, head.cells);
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
