/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any thread packs; items are numbered when chunks are taken, in the order of
 * the input, so that numbers do not depend on the threads. Until then a row is
 *
 *   struct packed | user id | item id
 */
#include "batchgen/sink_candidates.h"

#include "common/base/hash.h"
#include "common/table/record.h"

#include <string.h>

#define PACKED_MAX ((size_t)1 << 30) /* far more than a chunk can become */

struct packed {
    uint64_t user_hash, item_hash;
    float score;
    uint16_t user_len, item_len;
};

static void
pack(const struct sink *sink, struct chunk *c, const struct sink_rows *rows)
{
    (void)sink;
    for (size_t i = 0; i < rows->n; i++) {
        struct str user = rows->row[i].id, item = rows->row[i].item;
        struct packed head = {
            .user_hash = hash_key(user),
            .item_hash = hash_key(item),
            .score = rows->y[i],
            .user_len = (uint16_t)user.len,
            .item_len = (uint16_t)item.len,
        };

        buf_put(&c->rows, &head, sizeof(head));
        buf_str(&c->rows, user);
        buf_str(&c->rows, item);
    }
}

/* The next packed row, which *at moves behind, into s->packed. */
static enum rc
unpack(struct sink_candidates *s, const char **at)
{
    struct packed head;
    struct record_item one;
    struct str user, item;
    size_t place;

    memcpy(&head, *at, sizeof(head));
    user = (struct str){*at + sizeof(head), head.user_len};
    item = (struct str){user.p + user.len, head.item_len};
    *at = item.p + item.len;
    if (item_index_number(s->items, head.item_hash, item, &one.item) != RC_OK) {
        return RC_NOMEM;
    }
    one.score = head.score;
    place = keep_put(&s->packed, head.user_hash, user, sizeof(one));
    if (buf_failed(&s->packed)) {
        return RC_NOMEM;
    }
    memcpy(s->packed.p + place, &one, sizeof(one));
    return RC_OK;
}

static enum rc
take(struct sink *sink, struct chunk *c, struct err *e)
{
    struct sink_candidates *s = (struct sink_candidates *)sink;
    const char *at = c->rows.p;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < c->nrow && rc == RC_OK; i++) {
        rc = unpack(s, &at);
    }
    if (rc == RC_OK) {
        rc = keep_add(s->keep, &s->packed, c->nrow);
    }
    s->n += c->nrow;
    return rc == RC_OK ? RC_OK : err_set(e, rc, "out of memory");
}

static const struct sink_ops ops = {"candidates", pack, take};

enum rc
sink_candidates_init(struct sink_candidates *s)
{
    *s = (struct sink_candidates){
        .sink = {&ops},
        .keep = keep_create(),
        .items = item_index_create(),
    };
    buf_init(&s->packed, PACKED_MAX);
    return s->keep == NULL || s->items == NULL ? RC_NOMEM : RC_OK;
}

void
sink_candidates_fini(struct sink_candidates *s)
{
    keep_destroy(&s->keep);
    item_index_destroy(&s->items);
    buf_fini(&s->packed);
}
