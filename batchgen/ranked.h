/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ranked - the catalogue that a batch ranks for every user, or the items of
 * its candidates.
 */
#include "batchgen/scoring.h"
#include "common/base/buf.h"
#include "common/model/catalogue.h"
#include "common/model/ranker.h"
#include "common/table/manifest.h"

#define RANKED_OPTION(X)                                                       \
    X(items, TEXT, NULL, "FILE", 0, 0,                                         \
      "CSV of items and their features: rank them for every user")             \
    X(item_column, TEXT, NULL, "NAME|N", 0, 0,                                 \
      "column of an item id: rows are candidates, rank each user's")           \
    X(top, UINT, "10", "", 1, 10000, "items kept of a ranking")

/* Those of them that say what is ranked; none if both are NULL. */
struct ranked_how {
    const char *items, *item_column;
    size_t top;
};
#define RANKED_HOW(o)                                                          \
    ((struct ranked_how){(o)->items, (o)->item_column, (o)->top})

struct ranked {
    struct catalogue *catalogue;
    struct ranker *ranker; /* NULL: candidates, scored as rows */
    struct buf items;      /* the catalogue as it is stored */
    size_t top;
    enum record_encoding encoding;
};

/*
 * Read the items, if any: then *schema, the model's features (NULL: it has no
 * names, which is refused), becomes the users', those that no item has. Items
 * of candidates come with the rows. RC_INVAL, RC_REFUSED, RC_IO; *schema is
 * destroyed then. ranked_fini in any case.
 */
MUST_USE enum rc ranked_init(struct ranked *r, const struct scoring *s,
                             struct ranked_how how, struct schema **schema,
                             struct err *e);

/*
 * The catalogue a generation was stored with, and the features of its users:
 * ranks as ranked_init's did; candidates get their items with the rows again.
 * RC_INVAL: the bytes are not whole. ranked_fini in any case.
 */
MUST_USE enum rc ranked_of_bytes(struct ranked *r, const struct scoring *s,
                                 struct str items, size_t top,
                                 const struct schema *users, struct err *e);

/* Take over the catalogue. RC_REFUSED: too large for Redis; `what` is it. */
MUST_USE enum rc ranked_set_catalogue(struct ranked *r, struct catalogue *c,
                                      const char *what, struct err *e);
void ranked_fini(struct ranked *r);

/* Items in a record of a ranker: top, or all if there are fewer. */
size_t ranked_items(const struct ranked *r);

/* kind, encoding, top, items_sha256. */
void ranked_describe(const struct ranked *r, struct generation_info *g);
