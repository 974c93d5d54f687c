/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/generation_file.h"

#include "common/base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define NAME_SIZE 24 /* of a feature without a name */

/* The model's own names, or f0, f1... as XGBoost itself calls them. */
static enum rc
name_features(const struct model *m, struct schema **out, struct err *e)
{
    const struct model_info *info = model_info(m);
    struct str *name = calloc(info->nfeature + 1, sizeof(*name));
    char *text = malloc(info->nfeature * NAME_SIZE + 1);
    enum rc rc = RC_NOMEM;

    for (size_t i = 0; i < info->nfeature && name != NULL && text != NULL;
         i++) {
        char *at = text + i * NAME_SIZE;

        snprintf(at, NAME_SIZE, "f%zu", i);
        name[i] = info->nname > 0 ? model_feature_name(m, i) : str_of(at);
    }
    if (name != NULL && text != NULL) {
        rc = schema_create(out, name, info->nfeature, e);
    }
    free(name);
    free(text);
    if (rc == RC_NOMEM) {
        return err_set(e, rc, "out of memory");
    }
    return rc == RC_INVAL ? RC_REFUSED : rc;
}

static enum rc
describe_schema(const struct model *m, struct generation_info *info,
                struct err *e)
{
    struct schema *schema;
    struct buf json;
    enum rc rc = name_features(m, &schema, e);

    if (rc != RC_OK) {
        return rc;
    }
    buf_init(&json, SIZE_MAX);
    schema_to_json(schema, &json);
    info->schema = buf_failed(&json) ? NULL : str_dup(buf_view(&json));
    memcpy(info->schema_id, schema_id(schema), sizeof(info->schema_id));
    buf_fini(&json);
    schema_destroy(&schema);
    return info->schema == NULL ? err_set(e, RC_NOMEM, "out of memory") : RC_OK;
}

/*
 * What a batch of this model would say of itself, had it no rows. The uid
 * comes from the file: servers of one file say the same.
 */
static enum rc
describe(const struct model *m, struct str file, const char *iterations,
         struct generation_info *info, struct err *e)
{
    uint32_t begin, end;

    info->format = MANIFEST_FORMAT;
    info->ready = true;
    info->kind = TABLE_SCORE;
    info->encoding = RECORD_F32;
    info->buckets = 1;
    info->outputs = model_info(m)->noutput;
    snprintf(info->objective, sizeof(info->objective), "%s",
             model_info(m)->objective);
    hash_sha256(model_bytes(m), info->model_sha256);
    hash_sha256(file, info->source_sha256);
    memcpy(info->uid, info->source_sha256, UID_SIZE - 1);
    enum rc rc =
        model_iterations(m, iterations, &begin, &end, info->iterations, e);

    return rc == RC_OK ? describe_schema(m, info, e) : rc;
}

static enum rc
make(struct generation **out, struct str file, uint64_t as_of_us,
     const char *iterations, struct queue *graveyard, struct err *e)
{
    struct generation_info info = {.as_of_us = as_of_us,
                                   .created_us = as_of_us};
    struct model *m = NULL;
    struct str bytes = {NULL, 0};
    char *copy;
    enum rc rc = model_load(&m, file, true, e);

    if (rc == RC_OK) {
        rc = describe(m, file, iterations, &info, e);
    }
    if (rc != RC_OK) {
        generation_info_fini(&info);
        model_destroy(&m);
        return rc;
    }
    bytes = model_bytes(m);
    copy = str_dup(bytes);
    model_destroy(&m);
    if (copy == NULL) {
        generation_info_fini(&info);
        return err_set(e, RC_NOMEM, "out of memory");
    }
    rc = generation_create(out, 1, &info, copy, bytes.len, NULL, graveyard, e);
    if (rc == RC_OK) {
        (*out)->storeless = true;
    }
    return rc;
}

/* When the file was last changed; images built to be the same have no time. */
static uint64_t
changed_us(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0 || st.st_mtim.tv_sec <= 0) {
        return 1;
    }
    return (uint64_t)st.st_mtim.tv_sec * 1000000 +
           (uint64_t)st.st_mtim.tv_nsec / 1000;
}

enum rc
generation_from_file(struct generation **out, const char *path,
                     const char *iterations, struct queue *graveyard,
                     struct err *e)
{
    struct err why;
    char *bytes;
    size_t len;
    enum rc rc = model_read_file(path, &bytes, &len, e);

    if (rc != RC_OK) {
        return rc;
    }
    rc = make(out, (struct str){bytes, len}, changed_us(path), iterations,
              graveyard, &why);
    free(bytes);
    return rc == RC_OK ? RC_OK : err_set(e, rc, "%s: %s", path, why.text);
}
