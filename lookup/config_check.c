/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/config_check.h"

#include "common/table/keyspace.h"

#include <stdlib.h>

#define DEFAULT_REDIS_URL "redis://127.0.0.1:6379"
#define DEFAULT_TABLE     "model"

static enum rc
check_prefix(const struct config *c, struct err *e)
{
    const char *prefix = c->options.prefix;

    return keyspace_prefix_ok(str_of(prefix))
               ? RC_OK
               : err_set(e, RC_INVAL,
                         "--prefix must be 1 to 64 of A-Z a-z 0-9 _ . -, "
                         "got '%s'",
                         prefix);
}

/* A model file stands for all that Redis would have. */
static enum rc
check_model(struct config *c, struct err *e)
{
    struct serve_options *o = &c->options;

    if (o->model == NULL) {
        return o->table == NULL
                   ? RC_OK
                   : err_set(e, RC_INVAL,
                             "--table names the table of --model, which is "
                             "missing; for RESP there is --default-table");
    }
    if (o->redis != NULL) {
        return err_set(e, RC_INVAL,
                       "--model serves without Redis: leave --redis out, or "
                       "publish the model with batchgen score");
    }
    if (o->table == NULL) {
        o->table = str_dup(STR(DEFAULT_TABLE));
    }
    if (o->table == NULL || !keyspace_table_ok(str_of(o->table))) {
        return err_set(e, RC_INVAL,
                       "--table must be 1 to 128 of A-Z a-z 0-9 _ . - and "
                       "begin with a letter or a digit");
    }
    return RC_OK;
}

static enum rc
check_redis(struct config *c, struct err *e)
{
    const char *url = c->options.redis;

    if (url == NULL) {
        url = getenv("LOOKUP_REDIS_URL");
    }
    enum rc rc = topology_parse(
        &c->topology, str_of(url == NULL ? DEFAULT_REDIS_URL : url), e);

    if (rc == RC_OK && c->options.redis_password_file != NULL) {
        rc = topology_password_file(&c->topology,
                                    c->options.redis_password_file, e);
    }
    return rc;
}

static enum rc
check_snapshots(const struct config *c, struct err *e)
{
    const struct serve_options *o = &c->options;
    bool asked = o->snapshot_dir != NULL || o->snapshot_features;

    return !asked || (o->model == NULL && config_snapshot_bytes(c) > 0)
               ? RC_OK
               : err_set(e, RC_INVAL,
                         "--snapshot-dir and --snapshot-features are for "
                         "snapshots: not with --model or --snapshot off");
}

enum rc
config_check(struct config *c, struct err *e)
{
    enum rc rc = check_prefix(c, e);

    rc = rc == RC_OK ? check_model(c, e) : rc;
    rc = rc == RC_OK ? check_snapshots(c, e) : rc;
    return rc == RC_OK && c->options.model == NULL ? check_redis(c, e) : rc;
}
