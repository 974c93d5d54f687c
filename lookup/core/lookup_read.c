/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/lookup_impl.h"

#include "lookup/core/feature_rows.h"

/* Where a query's record and feature row lie: in memory, in the store. */

bool
lookup_find_row(const struct query *q, struct store_reply *reply)
{
    const struct lookup *l = q->lookup;
    const struct table_view *view = tables_find(l->tables, str_of(q->table));

    *reply = (struct store_reply){.rc = RC_OK, .kind = STORE_NIL};
    if (view == NULL || view->rows == NULL || view->live != q->gen ||
        superseded_at(l->superseded[q->table_id], query_user(q)) != 0) {
        return q->gen->storeless;
    }
    reply->kind = STORE_BYTES;
    return feature_rows_find(view->rows, query_user(q), q->hash, &reply->bytes);
}

enum rc
lookup_read_row(struct query *q, store_done_fn done)
{
    char key[KEY_MAX];
    uint64_t buckets = atomic_load(&q->gen->feature_buckets);
    uint64_t bucket = keyspace_bucket(query_user(q),
                                      buckets == 0 ? FEATURE_BUCKETS : buckets);
    struct store_read r = {
        .key = key_features_bucket(key, q->lookup->prefix, q->table,
                                   schema_id(q->gen->schema), bucket),
        .field = query_user(q),
        .deadline_ns = q->deadline_ns,
        .done = done,
        .arg = q,
    };

    return store_read(q->lookup->store, &r);
}

struct str
lookup_record_key(const struct query *q, char key[KEY_MAX])
{
    return key_bucket(key, q->lookup->prefix, q->table, q->gen->number,
                      keyspace_bucket(query_user(q), q->gen->info.buckets));
}

enum rc
lookup_read_record(struct query *q, store_done_fn done)
{
    char key[KEY_MAX];
    struct store_read r = {
        .key = lookup_record_key(q, key),
        .field = query_user(q),
        .deadline_ns = q->deadline_ns,
        .done = done,
        .arg = q,
    };

    return store_read(q->lookup->store, &r);
}
