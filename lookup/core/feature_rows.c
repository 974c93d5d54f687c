/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/feature_rows.h"

#include "common/table/snapshot.h"

#include <stdatomic.h>
#include <stdlib.h>

struct feature_rows {
    _Atomic uint32_t holders;
    struct snapshot *rows;
};

struct feature_rows *
feature_rows_create(struct snapshot *s)
{
    struct feature_rows *r = calloc(1, sizeof(*r));

    if (r == NULL) {
        snapshot_destroy(&s);
        return NULL;
    }
    atomic_init(&r->holders, 1);
    r->rows = s;
    return r;
}

struct feature_rows *
feature_rows_hold(struct feature_rows *r)
{
    atomic_fetch_add_explicit(&r->holders, 1, memory_order_relaxed);
    return r;
}

void
feature_rows_release(struct feature_rows **r)
{
    struct feature_rows *dead = *r;

    *r = NULL;
    if (dead != NULL && atomic_fetch_sub_explicit(&dead->holders, 1,
                                                  memory_order_acq_rel) == 1) {
        snapshot_destroy(&dead->rows);
        free(dead);
    }
}

bool
feature_rows_find(const struct feature_rows *r, struct str user, uint64_t hash,
                  struct str *row)
{
    return snapshot_find(r->rows, user, hash, row);
}

uint64_t
feature_rows_users(const struct feature_rows *r)
{
    return snapshot_users(r->rows);
}

size_t
feature_rows_bytes(const struct feature_rows *r)
{
    return snapshot_bytes(r->rows);
}
