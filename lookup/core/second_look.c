/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/second_look.h"

#include "common/base/number.h"
#include "lookup/core/lookup_impl.h"

static void
one_less(struct query *q)
{
    if (--q->look.waiting == 0) {
        q->look.done(q);
    }
}

static void
on_seq(void *arg, const struct store_reply *reply)
{
    struct query *q = arg;
    uint64_t seq;

    if (reply->rc != RC_OK) {
        q->look.silent = true;
    } else if (reply->kind != STORE_BYTES ||
               !number_parse_u64(reply->bytes, &seq)) {
        q->look.lost = true;
    } else {
        q->look.moved = seq != q->seq;
    }
    one_less(q);
}

/* batchgen leaves no bucket empty: one without users has a placeholder. */
static void
on_exists(void *arg, const struct store_reply *reply)
{
    struct query *q = arg;

    if (reply->rc != RC_OK) {
        q->look.silent = true;
    } else if (reply->kind != STORE_INTEGER || reply->integer != 1) {
        q->look.lost = true;
    }
    one_less(q);
}

static void
on_row(void *arg, const struct store_reply *reply)
{
    struct query *q = arg;

    if (reply->rc != RC_OK) {
        q->look.row_silent = true;
    } else if (reply->kind == STORE_BYTES) {
        q->look.row_found = query_overlay(q, reply->bytes);
        q->look.row_bad = !q->look.row_found;
    }
    one_less(q);
}

void
second_look(struct query *q, bool proven, second_look_fn done)
{
    struct lookup *l = q->lookup;
    char manifest[KEY_MAX], bucket[KEY_MAX];
    struct store_read seq = {
        .key = key_manifest(manifest, l->prefix, q->table),
        .field = STR("seq"),
        .shared = true, /* by all that look for the second time in this turn */
        .deadline_ns = q->deadline_ns,
        .done = on_seq,
        .arg = q,
    };
    struct store_read exists = {
        .key = lookup_record_key(q, bucket),
        .deadline_ns = q->deadline_ns,
        .done = on_exists,
        .arg = q,
    };

    q->look = (struct second_look){.done = done, .waiting = proven ? 2 : 3};
    if (store_read(l->store, &seq) != RC_OK) {
        q->look.silent = true;
        q->look.waiting--;
    }
    if (!proven && store_read(l->store, &exists) != RC_OK) {
        q->look.silent = true;
        q->look.waiting--;
    }
    if (lookup_read_row(q, on_row) != RC_OK) {
        q->look.row_silent = true;
        one_less(q);
    }
}
