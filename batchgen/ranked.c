/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/ranked.h"

#include "common/base/hash.h"

#include <stdlib.h>

#define ITEMS_MAX      ((size_t)512 << 20) /* of a Redis string */
#define RANKING_MEMORY ((size_t)256 << 20)
#define U16_ITEMS      65536

/* The names in `all` that are not in `some`, in order. */
static enum rc
schema_without(const struct schema *all, const struct schema *some,
               struct schema **out, struct err *e)
{
    struct str *name = calloc(schema_size(all), sizeof(*name));
    size_t n = 0;

    if (name == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < schema_size(all); i++) {
        if (schema_find(some, schema_name(all, i)) < 0) {
            name[n++] = schema_name(all, i);
        }
    }
    enum rc rc = n > 0 ? schema_create(out, name, n, e)
                       : err_set(e, RC_REFUSED,
                                 "the items have every feature of the model, "
                                 "so all users would get the same ranking");

    free(name);
    return rc;
}

static enum rc
load(struct ranked *r, const struct scoring *s, const char *path,
     const struct schema *model, struct schema **users, struct err *e)
{
    struct schema *items = NULL;
    struct catalogue *catalogue;
    enum rc rc = catalogue_read_csv(&catalogue, path, NULL, model, &items, e);

    if (rc == RC_OK) {
        rc = ranked_set_catalogue(r, catalogue, path, e);
    }
    if (rc == RC_OK) {
        rc = schema_without(model, items, users, e);
    }
    schema_destroy(&items);
    return rc == RC_OK ? ranker_create(&r->ranker, s->model, s->scorer, *users,
                                       r->catalogue, RANKING_MEMORY, e)
                       : rc;
}

/* The items of a file, and users who have the other features. */
static enum rc
open_items(struct ranked *r, const struct scoring *s, const char *path,
           struct schema **schema, struct err *e)
{
    struct schema *users = NULL;
    enum rc rc;

    if (*schema == NULL) {
        return err_set(e, RC_REFUSED,
                       "the model has no feature names, which tell users' "
                       "features from items'; save it with names");
    }
    rc = load(r, s, path, *schema, &users, e);
    if (rc != RC_OK) {
        schema_destroy(&users);
        return rc;
    }
    schema_destroy(schema);
    *schema = users;
    return RC_OK;
}

/* A candidate is a row, its score the one output. */
static enum rc
open_candidates(const struct scoring *s, struct err *e)
{
    size_t noutput = s->scorer->noutput;

    return noutput == 1 ? RC_OK
                        : err_set(e, RC_REFUSED,
                                  "the model has %zu outputs, a ranking wants "
                                  "one",
                                  noutput);
}

enum rc
ranked_init(struct ranked *r, const struct scoring *s, struct ranked_how how,
            struct schema **schema, struct err *e)
{
    enum rc rc;

    *r = (struct ranked){0};
    buf_init(&r->items, ITEMS_MAX);
    if (how.items == NULL && how.item_column == NULL) {
        return RC_OK;
    }
    r->top = how.top;
    rc = how.items == NULL         ? open_candidates(s, e)
         : how.item_column == NULL ? open_items(r, s, how.items, schema, e)
                                   : err_set(e, RC_INVAL,
                                             "--items ranks a catalogue, "
                                             "--item-column candidates: give "
                                             "one of them");
    if (rc != RC_OK) {
        schema_destroy(schema);
    }
    return rc;
}

enum rc
ranked_of_bytes(struct ranked *r, const struct scoring *s, struct str items,
                size_t top, const struct schema *users, struct err *e)
{
    struct catalogue *catalogue;
    enum rc rc = catalogue_from_bytes(&catalogue, items, e);

    *r = (struct ranked){.top = top};
    buf_init(&r->items, ITEMS_MAX);
    if (rc != RC_OK) {
        return rc;
    }
    if (catalogue_features(catalogue) == 0) {
        catalogue_destroy(&catalogue);
        return RC_OK;
    }
    rc = ranked_set_catalogue(r, catalogue, "items", e);
    return rc == RC_OK ? ranker_create(&r->ranker, s->model, s->scorer, users,
                                       r->catalogue, RANKING_MEMORY, e)
                       : rc;
}

enum rc
ranked_set_catalogue(struct ranked *r, struct catalogue *c, const char *what,
                     struct err *e)
{
    r->catalogue = c;
    r->encoding =
        catalogue_size(c) <= U16_ITEMS ? RECORD_TOPK_U16 : RECORD_TOPK_U32;
    catalogue_to_bytes(c, &r->items);
    return buf_failed(&r->items)
               ? err_set(e, RC_REFUSED, "%s: over 512 MiB as stored", what)
               : RC_OK;
}

void
ranked_fini(struct ranked *r)
{
    ranker_destroy(&r->ranker);
    catalogue_destroy(&r->catalogue);
    buf_fini(&r->items);
}

size_t
ranked_items(const struct ranked *r)
{
    return ranker_kept(r->ranker, r->top);
}

void
ranked_describe(const struct ranked *r, struct generation_info *g)
{
    g->kind = TABLE_RANKING;
    g->encoding = r->encoding;
    g->top = r->top;
    hash_sha256(buf_view(&r->items), g->items_sha256);
}
