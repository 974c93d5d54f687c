/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/followed_load.h"

#include "common/base/hash.h"
#include "common/base/log.h"
#include "lookup/warmer.h"

#include <inttypes.h>
#include <stdlib.h>

/* The catalogue of a ranking; nothing for scores. */
static enum rc
load_catalogue(const char *table, struct watch *w, uint64_t number,
               const struct generation_info *info, struct catalogue **out,
               struct err *e)
{
    char *bytes = NULL, sha[SHA256_HEX];
    size_t len = 0;

    if (info->kind != TABLE_RANKING) {
        return RC_OK;
    }
    enum rc rc = watch_read_items(w, table, number, &bytes, &len, e);

    if (rc == RC_OK) {
        hash_sha256((struct str){bytes, len}, sha);
        rc = strcmp(sha, info->items_sha256) == 0
                 ? catalogue_from_bytes(out, (struct str){bytes, len}, e)
                 : err_set(e, RC_INVAL,
                           "the stored catalogue's bytes are not those of "
                           "generation %" PRIu64,
                           number);
    }
    free(bytes);
    return rc;
}

/* From Redis, but for the records. *info is taken over in any case. */
static enum rc
load_from_redis(const char *table, const struct followed_source *from,
                uint64_t number, struct generation_info *info,
                struct generation **out, struct err *e)
{
    struct catalogue *catalogue = NULL;
    char *bytes = NULL;
    size_t len = 0;
    enum rc rc = watch_read_model(from->watch, table, number, &bytes, &len, e);

    if (rc == RC_OK) {
        rc = load_catalogue(table, from->watch, number, info, &catalogue, e);
    }
    if (rc != RC_OK) {
        generation_info_fini(info);
        free(bytes);
        return rc;
    }
    return generation_create(out, number, info, bytes, len, catalogue,
                             from->graveyard, e);
}

enum rc
followed_unshelve(const char *table, const struct followed_source *from,
                  uint64_t number, const char *uid, struct generation **out,
                  struct err *e)
{
    enum rc rc = from->shelf == NULL
                     ? RC_NOT_FOUND
                     : shelf_load(from->shelf, table, uid, number,
                                  from->graveyard, out, e);

    if (rc == RC_NOT_FOUND) {
        return err_set(e, rc, "generation %" PRIu64 " is not in --snapshot-dir",
                       number);
    }
    if (rc == RC_OK && !warmer_adopt(from->warmer, *out)) {
        generation_drop_snapshot(*out);
    }
    return rc;
}

/* Is it the one that is asked for, and ready? */
static enum rc
check_info(const struct generation_info *info, uint64_t number, const char *uid,
           struct err *e)
{
    if (uid[0] == '\0' && !info->ready) {
        return RC_CONFLICT; /* still being written */
    }
    return uid[0] != '\0' && strcmp(info->uid, uid) != 0
               ? err_set(e, RC_CONFLICT,
                         "generation %" PRIu64 " has another uid", number)
               : RC_OK;
}

enum rc
followed_load(const char *table, const struct followed_source *from,
              uint64_t number, const char *uid, struct generation **out,
              struct err *e)
{
    struct generation_info info;
    uint64_t buckets = 0;
    enum rc rc = watch_read_info(from->watch, table, number, &info, e);

    if (rc == RC_OK) {
        rc = check_info(&info, number, uid, e);
    }
    if (rc == RC_OK) {
        rc = watch_feature_buckets(from->watch, table, info.schema_id, &buckets,
                                   e);
    }
    if (rc != RC_OK) {
        generation_info_fini(&info);
        return rc;
    }
    rc = followed_unshelve(table, from, number, info.uid, out, e);
    if (rc == RC_OK) {
        generation_info_fini(&info);
    } else {
        rc = load_from_redis(table, from, number, &info, out, e);
    }
    if (rc == RC_OK) {
        atomic_store(&(*out)->feature_buckets, buckets);
        log_info("table %s: generation %" PRIu64 " loaded, scored by %s", table,
                 number, scorer_name((*out)->scorer));
    }
    return rc;
}
