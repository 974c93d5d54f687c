/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/generation_sealed.h"

#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/table/fields.h"
#include "common/table/sealed.h"

#include <stdlib.h>

/* The format of the parts; another one is another kind of file. */
#define KIND 0x47000002u

enum part {
    PART_INFO,
    PART_MODEL,
    PART_ITEMS,
    PART_HEAD,
    PART_OFFSETS,
    PART_BYTES,
    PARTS,
};

enum rc
generation_seal(const struct generation *g, const char *path, struct err *e)
{
    const struct snapshot *s = generation_snapshot(g);
    struct snapshot_parts parts;
    struct buf info, items;
    char head[SNAPSHOT_HEAD];
    enum rc rc = RC_NOMEM;

    CHECK(s != NULL);
    buf_init(&info, SIZE_MAX);
    buf_init(&items, SIZE_MAX);
    fields_put(&info, STR("state"), STR("ready"));
    generation_info_each(&g->info, fields_put, &info);
    if (g->catalogue != NULL) {
        catalogue_to_bytes(g->catalogue, &items);
    }
    snapshot_parts(s, head, &parts);
    if (!buf_failed(&info) && !buf_failed(&items)) {
        const struct str part[PARTS] = {
            [PART_INFO] = buf_view(&info),
            [PART_MODEL] = model_bytes(g->model),
            [PART_ITEMS] = buf_view(&items),
            [PART_HEAD] = parts.head,
            [PART_OFFSETS] = parts.offsets,
            [PART_BYTES] = parts.bytes,
        };

        rc = sealed_write(path, KIND, part, PARTS, e);
    }
    buf_fini(&info);
    buf_fini(&items);
    return rc == RC_NOMEM ? err_set(e, rc, "out of memory") : rc;
}

static enum rc
set_field(void *info, struct str name, struct str value, struct err *e)
{
    return generation_info_set(info, name, value, e);
}

static enum rc
read_info(const struct sealed *s, const char *uid, struct generation_info *info,
          struct err *e)
{
    enum rc rc = fields_each(sealed_part(s, PART_INFO), set_field, info, e);

    if (rc == RC_OK) {
        rc = generation_info_check(info, e);
    }
    return rc == RC_OK && strcmp(info->uid, uid) != 0
               ? err_set(e, RC_INVAL, "it is of another generation")
               : rc;
}

static enum rc
read_catalogue(const struct sealed *s, const struct generation_info *info,
               struct catalogue **out, struct err *e)
{
    struct str items = sealed_part(s, PART_ITEMS);
    char sha[SHA256_HEX];

    if (info->kind != TABLE_RANKING) {
        return RC_OK;
    }
    hash_sha256(items, sha);
    return strcmp(sha, info->items_sha256) == 0
               ? catalogue_from_bytes(out, items, e)
               : err_set(e, RC_INVAL, "its catalogue is another one");
}

/* The records of a snapshot are as many and as long as the generation says. */
static enum rc
read_snapshot(const struct sealed *s, const struct generation_info *info,
              struct snapshot **out, struct err *e)
{
    const struct snapshot_parts parts = {
        sealed_part(s, PART_HEAD),
        sealed_part(s, PART_OFFSETS),
        sealed_part(s, PART_BYTES),
    };
    enum rc rc = snapshot_open(out, &parts, e);

    if (rc == RC_OK && (snapshot_users(*out) != info->rows ||
                        snapshot_buckets(*out) != info->buckets)) {
        snapshot_destroy(out);
        rc = err_set(e, RC_INVAL, "its snapshot is of another generation");
    }
    return rc;
}

static enum rc
build(struct generation **out, const struct sealed *s, const char *uid,
      uint64_t number, struct queue *graveyard, struct err *e)
{
    struct generation_info info = {0};
    struct catalogue *catalogue = NULL;
    struct snapshot *snapshot = NULL;
    struct str model = sealed_part(s, PART_MODEL);
    char *copy = NULL;
    enum rc rc = read_info(s, uid, &info, e);

    if (rc == RC_OK) {
        rc = read_snapshot(s, &info, &snapshot, e);
    }
    if (rc == RC_OK) {
        rc = read_catalogue(s, &info, &catalogue, e);
    }
    if (rc == RC_OK && (copy = str_dup(model)) == NULL) {
        rc = err_set(e, RC_NOMEM, "out of memory");
    }
    if (rc != RC_OK) {
        generation_info_fini(&info);
        catalogue_destroy(&catalogue);
        snapshot_destroy(&snapshot);
        return rc;
    }
    rc = generation_create(out, number, &info, copy, model.len, catalogue,
                           graveyard, e);
    if (rc == RC_OK) {
        atomic_store(&(*out)->snapshot, snapshot);
    } else {
        snapshot_destroy(&snapshot);
    }
    return rc;
}

enum rc
generation_unseal(struct generation **out, const char *path, const char *uid,
                  uint64_t number, struct queue *graveyard, struct err *e)
{
    struct sealed *s;
    struct err why;
    enum rc rc = sealed_open(&s, path, KIND, PARTS, e);

    if (rc != RC_OK) {
        return rc;
    }
    rc = build(out, s, uid, number, graveyard, &why);
    if (rc != RC_OK) {
        sealed_close(&s);
        return err_set(e, rc, "%s: %s", path, why.text);
    }
    (*out)->sealed = s;
    return RC_OK;
}
