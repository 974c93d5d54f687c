/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/publish.h"

#include "batchgen/clear.h"
#include "batchgen/gc.h"
#include "common/base/clock.h"
#include "common/base/hash.h"
#include "common/table/keyspace.h"

#include <inttypes.h>
#include <string.h>

static enum rc
add_table_name(const struct table *t, struct err *e)
{
    char key[KEY_MAX];

    REDIS_WORDS(t->redis, STR("SADD"), key_tables(key, t->prefix),
                str_of(t->name));
    return redis_ask(t->redis, e);
}

/* The hash comes first, so that whatever else is written can be found. */
static enum rc
write_first(const struct publish *p, const char *schema_id, struct err *e)
{
    const struct table *t = p->table;
    char key[KEY_MAX];

    REDIS_WORDS(t->redis, STR("HSET"),
                key_generation(key, t->prefix, t->name, p->gen), STR("uid"),
                str_of(p->uid), STR("state"), STR("writing"), STR("schema_id"),
                str_of(schema_id));
    return redis_ask(t->redis, e);
}

/*
 * For a generation whose uid is made up here. An answer that was lost on its
 * way is no other run: the uid of the first attempt stays.
 */
static enum rc
take_lease(struct publish *p, const struct table *t, uint64_t *number,
           bool wait, struct stop *stop, struct err *e)
{
    p->table = t;
    if (p->lease != NULL) {
        return RC_OK;
    }
    if (p->uid[0] == '\0') {
        hash_random_uid(p->uid);
    }
    return lease_take(&p->lease, t, p->uid, number, wait, stop, e);
}

enum rc
publish_begin(struct publish *p, const struct table *t, const char *schema_id,
              bool wait, struct stop *stop, struct err *e)
{
    uint64_t removed;
    enum rc rc = take_lease(p, t, &p->gen, wait, stop, e);

    if (rc == RC_OK) {
        rc = add_table_name(t, e);
    }
    if (rc == RC_OK) {
        rc = clear_generation(t, p->gen, e);
    }
    if (rc == RC_OK) {
        rc = gc_run(t, &removed, e);
    }
    if (rc == RC_OK) {
        rc = write_first(p, schema_id, e);
    }
    p->begun_ns = clock_mono_ns();
    return rc;
}

/* appending: one that a run was appending to will do, too. */
static enum rc
read_ready(const struct table *t, uint64_t gen, bool appending,
           struct generation_info *g, struct err *e)
{
    enum rc rc = table_generation(t, gen, g, e);

    if (rc == RC_OK) {
        rc = generation_info_check(g, e);
    }
    if (rc == RC_OK && !g->ready &&
        !(appending && generation_info_is_appending(g))) {
        rc = err_set(e, RC_REFUSED,
                     "generation %" PRIu64 " of '%s' is not ready: its run "
                     "did not come to an end%s",
                     gen, t->name,
                     generation_info_is_appending(g)
                         ? "; give the same rows to --append once more"
                         : "");
    }
    return rc;
}

enum rc
publish_take_again(struct publish *p, const struct table *t, uint64_t gen,
                   bool wait, struct stop *stop, struct generation_info *g,
                   struct err *e)
{
    enum rc rc = take_lease(p, t, NULL, wait, stop, e);

    p->gen = gen;
    p->ready = true;
    generation_info_fini(g);
    return rc == RC_OK ? read_ready(t, gen, true, g, e) : rc;
}

enum rc
publish_take(struct publish *p, const struct table *t, uint64_t gen, bool wait,
             struct stop *stop, struct generation_info *g, struct err *e)
{
    enum rc rc;

    p->gen = gen;
    p->ready = true;
    if (p->uid[0] == '\0') {
        rc = table_generation(t, gen, g, e);
        if (rc != RC_OK) {
            return rc;
        }
        memcpy(p->uid, g->uid, sizeof(p->uid));
    }
    rc = take_lease(p, t, NULL, wait, stop, e);
    if (rc != RC_OK) {
        return rc;
    }
    /* Read again, now that gc spares it. */
    generation_info_fini(g);
    rc = read_ready(t, gen, false, g, e);
    memcpy(p->uid, g->uid, sizeof(p->uid));
    return rc;
}
