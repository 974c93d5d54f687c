/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/unwrap.h"

#include "common/model/archive.h"
#include "common/model/doc.h"
#include "common/model/sniff.h"

/* "CONFIG-offset:", the size of the model as i64, the model, the config. */
#define SNAPSHOT_HEAD 14

static enum rc
unwrap_gzip(struct unwrapped *u, struct err *e)
{
    enum rc rc = archive_gunzip(u->bytes, &u->inflated, e);

    u->bytes = buf_view(&u->inflated);
    return rc;
}

static enum rc
unwrap_pickle(struct unwrapped *u, struct err *e)
{
    enum rc rc = pickle_read(u->bytes, &u->pickle, e);

    u->bytes = u->pickle.raw;
    return rc;
}

static enum rc
unwrap_snapshot(struct unwrapped *u, struct err *e)
{
    struct str rest = u->bytes;
    uint64_t size = 0;

    if (rest.len > SNAPSHOT_HEAD + sizeof(size)) {
        memcpy(&size, rest.p + SNAPSHOT_HEAD, sizeof(size));
        rest.p += SNAPSHOT_HEAD + sizeof(size);
        rest.len -= SNAPSHOT_HEAD + sizeof(size);
    }
    if (size == 0 || size > rest.len) {
        return err_set(e, RC_REFUSED,
                       "this snapshot of a Booster is cut off: copy or save "
                       "it again");
    }
    u->bytes = (struct str){rest.p, size};
    return RC_OK;
}

/* JSON of a kind that is not a model. */
static enum rc
refuse_object(const struct doc *d, struct str root, struct err *e)
{
    struct doc_member m[] = {{.key = "tree_info"},
                             {.key = "oblivious_trees"},
                             {.key = "nodeid"},
                             {.key = "features_info"}};

    if (!doc_members(d, root, m, 4)) {
        return err_set(e, RC_REFUSED,
                       "this JSON or UBJSON file is damaged or cut off: copy "
                       "or save it again");
    }
    if (m[0].value.p != NULL) {
        return err_set(e, RC_REFUSED,
                       "this is a LightGBM model (JSON): "
                       "lookup scores XGBoost models only");
    }
    if (m[1].value.p != NULL || m[3].value.p != NULL) {
        return err_set(e, RC_REFUSED,
                       "this is a CatBoost model (JSON): "
                       "lookup scores XGBoost models only");
    }
    if (m[2].value.p != NULL) {
        return err_set(e, RC_REFUSED,
                       "this is a tree as dump_model writes it, not a saved "
                       "model: write it with save_model(\"model.ubj\")");
    }
    return err_set(e, RC_REFUSED,
                   "this is JSON, but no XGBoost model: it has no learner; "
                   "give the file booster.save_model wrote");
}

/*
 * A learner, or a snapshot {"Config": ..., "Model": learner} as pickles of
 * XGBoost 1.7 and later hold it.
 */
static enum rc
unwrap_document(struct unwrapped *u, bool ubjson, struct err *e)
{
    struct doc d = {.text = u->bytes, .ubjson = ubjson};
    struct doc_member top[] = {{.key = "learner"}, {.key = "Model"}};
    struct doc_member parts[] = {{.key = "gradient_booster"},
                                 {.key = "learner_train_param"}};
    struct str root;

    if (!doc_root(&d, &root)) {
        return err_set(e, RC_REFUSED,
                       "this JSON or UBJSON file is damaged or cut off: copy "
                       "or save it again");
    }
    (void)doc_members(&d, root, top, 2);
    if (top[1].value.p != NULL) {
        u->bytes = top[1].value;
        return RC_OK;
    }
    if (top[0].value.p == NULL) {
        return refuse_object(&d, root, e);
    }
    if (doc_members(&d, top[0].value, parts, 2) && parts[1].value.p != NULL) {
        return err_set(e, RC_REFUSED,
                       "this is the configuration of a Booster (save_config), "
                       "not a model: give the file save_model wrote");
    }
    return RC_OK;
}

/* Outer layers come at most once each, and in this order. */
static enum rc
unwrap_layers(struct unwrapped *u, struct err *e)
{
    enum rc rc = RC_OK;

    if (sniff(u->bytes) == SNIFF_GZIP) {
        rc = unwrap_gzip(u, e);
    }
    if (rc == RC_OK && sniff(u->bytes) == SNIFF_TAR) {
        rc = archive_find_model(u->bytes, &u->bytes, e);
    }
    if (rc == RC_OK && sniff(u->bytes) == SNIFF_PICKLE) {
        rc = unwrap_pickle(u, e);
    }
    if (rc == RC_OK && sniff(u->bytes) == SNIFF_SNAPSHOT) {
        rc = unwrap_snapshot(u, e);
    }
    if (rc == RC_OK &&
        (sniff(u->bytes) == SNIFF_JSON || sniff(u->bytes) == SNIFF_UBJSON)) {
        rc = unwrap_document(u, sniff(u->bytes) == SNIFF_UBJSON, e);
    }
    return rc;
}

static enum rc
repair_booster(struct unwrapped *u, struct err *e)
{
    enum rc rc;

    switch (sniff(u->bytes)) {
    case SNIFF_JSON:
        u->format = "json";
        rc = repair_document(u->bytes, false, &u->repair, e);
        break;
    case SNIFF_UBJSON:
        u->format = "ubjson";
        rc = repair_document(u->bytes, true, &u->repair, e);
        break;
    case SNIFF_BINARY:
        u->format = "binary";
        rc = repair_binary(u->bytes, &u->repair, e);
        break;
    case SNIFF_SNAPSHOT:
    case SNIFF_PICKLE:
    case SNIFF_GZIP:
    case SNIFF_TAR:
        return err_set(e, RC_REFUSED,
                       "this model is packed more than once: unpack it and "
                       "give the model inside");
    case SNIFF_FOREIGN:
    default:
        return sniff_refuse(u->bytes, e);
    }
    if (rc == RC_OK && u->repair.what[0] != '\0') {
        u->bytes = buf_view(&u->repair.bytes);
    }
    return rc;
}

enum rc
unwrap(struct str bytes, struct unwrapped *u, struct err *e)
{
    enum rc rc;

    *u = (struct unwrapped){.bytes = bytes};
    u->pickle.best_iteration = -1;
    u->pickle.best_ntree_limit = -1;
    repair_init(&u->repair);
    rc = unwrap_layers(u, e);
    return rc == RC_OK ? repair_booster(u, e) : rc;
}

void
unwrap_fini(struct unwrapped *u)
{
    repair_fini(&u->repair);
    pickle_fini(&u->pickle);
    buf_fini(&u->inflated);
}
