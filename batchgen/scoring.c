/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/scoring.h"

#include <stdlib.h>

static enum rc
make_ready(struct scoring *s, const char *iterations,
           enum scorer_predict predict, struct err *e)
{
    enum rc rc = model_iterations(s->model, iterations, &s->begin, &s->end,
                                  s->iterations, e);

    return rc == RC_OK ? scorer_create(&s->scorer, s->model, s->begin, s->end,
                                       predict, e)
                       : rc;
}

enum rc
scoring_of_bytes(struct scoring *s, struct str bytes, const char *iterations,
                 struct err *e)
{
    enum rc rc;

    *s = (struct scoring){0};
    rc = model_load(&s->model, bytes, false, e);
    return rc == RC_OK ? make_ready(s, iterations, SCORER_VALUE, e) : rc;
}

enum rc
scoring_load(struct model **out, const char *path, char sha256[SHA256_HEX],
             struct err *e)
{
    struct str bytes;
    struct err why;
    char *file;
    enum rc rc = model_read_file(path, &file, &bytes.len, e);

    if (rc != RC_OK) {
        return rc;
    }
    bytes.p = file;
    if (sha256 != NULL) {
        hash_sha256(bytes, sha256);
    }
    rc = model_load(out, bytes, true, &why);
    free(file);
    return rc == RC_OK ? RC_OK : err_set(e, rc, "%s: %s", path, why.text);
}

enum rc
scoring_init(struct scoring *s, const char *path, const char *iterations,
             enum scorer_predict predict, struct err *e)
{
    enum rc rc;

    *s = (struct scoring){0};
    rc = scoring_load(&s->model, path, s->source_sha256, e);
    return rc == RC_OK ? make_ready(s, iterations, predict, e) : rc;
}

void
scoring_fini(struct scoring *s)
{
    scorer_destroy(&s->scorer);
    model_destroy(&s->model);
}

enum rc
scoring_schema(const struct scoring *s, struct schema **out, struct err *e)
{
    size_t n = model_info(s->model)->nname;
    struct str *name;
    enum rc rc;

    *out = NULL;
    if (n == 0) {
        return RC_OK;
    }
    name = calloc(n, sizeof(*name));
    if (name == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        name[i] = model_feature_name(s->model, i);
    }
    rc = schema_create(out, name, n, e);
    free(name);
    return rc;
}
