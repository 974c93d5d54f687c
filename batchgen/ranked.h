/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ranked - the catalogue that a batch ranks for every user.
 */
#include "batchgen/scoring.h"
#include "common/base/buf.h"
#include "common/model/catalogue.h"
#include "common/model/ranker.h"
#include "common/table/manifest.h"

#define RANKED_OPTION(X)                                                       \
    X(items, TEXT, NULL, "FILE", 0, 0,                                         \
      "CSV of items and their features: rank them for every user")             \
    X(top, UINT, "10", "", 1, 10000, "items kept of a ranking")

struct ranked {
    struct catalogue *catalogue;
    struct ranker *ranker;
    struct buf items; /* the catalogue as it is stored */
    size_t top;
    enum record_encoding encoding;
};

/*
 * Read the items. *schema: the model's features (NULL: it has no names, which
 * is refused) become the users', those that no item has. RC_REFUSED, RC_IO;
 * *schema is destroyed then. ranked_fini in any case.
 */
MUST_USE enum rc ranked_load(struct ranked *r, const struct scoring *s,
                             const char *path, size_t top,
                             struct schema **schema, struct err *e);
void ranked_fini(struct ranked *r);

/* Items in a record: top, or all if there are fewer. */
size_t ranked_items(const struct ranked *r);

/* kind, encoding, top, items_sha256. */
void ranked_describe(const struct ranked *r, struct generation_info *g);
