/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/publish.h"

#include "batchgen/gc.h"
#include "batchgen/guard.h"
#include "batchgen/script.h"
#include "common/base/number.h"
#include "common/table/keyspace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ANSWER_MAX 256

/* *live: NULL if none is live; else info, which the caller finishes. */
static enum rc
read_live(struct publish *p, struct manifest *m, struct generation_info *info,
          struct generation_info **live, struct err *e)
{
    enum rc rc = table_manifest(p->table, m, e);

    *live = NULL;
    p->seq = m->seq;
    if (!p->asked) { /* else it may be ours already */
        p->was = m->live;
    }
    if (rc != RC_OK || m->live == 0) {
        return rc;
    }
    rc = table_generation(p->table, m->live, info, e);
    if (rc == RC_NOT_FOUND || rc == RC_FAILED) {
        return RC_OK; /* lost or damaged: anything is better */
    }
    *live = rc == RC_OK ? info : NULL;
    return rc;
}

enum rc
publish_guard(struct publish *p, const struct generation_info *g, bool force,
              struct err *e)
{
    struct manifest m;
    struct generation_info info = {0}, *live;
    struct err why;
    enum rc rc = read_live(p, &m, &info, &live, e);

    if (rc == RC_OK && !force) {
        rc = guard_check(live, g, &why);
        if (rc == RC_OK && manifest_is_bad(&m, p->gen)) {
            rc = err_set(&why, RC_GUARD, "bad: it was rolled back from");
        }
        if (rc != RC_OK) {
            err_set(e, rc,
                    "generation %" PRIu64 " is ready but was not published: "
                    "%.600s. To publish it in spite of that: batchgen publish "
                    "%" PRIu64 " --table %s --force",
                    p->gen, why.text, p->gen, p->table->name);
        }
    }
    generation_info_fini(&info);
    return rc;
}

/* Users superseded before the previous generation was cut are in both. */
static enum rc
trim_superseded(const struct table *t, struct err *e)
{
    struct manifest m;
    struct generation_info g;
    char key[KEY_MAX], below[24];
    enum rc rc = table_manifest(t, &m, e);

    if (rc != RC_OK) {
        return rc;
    }
    rc = table_generation(t, m.previous != 0 ? m.previous : m.live, &g, e);
    if (rc != RC_OK) {
        return rc == RC_NOT_FOUND || rc == RC_FAILED ? RC_OK : rc;
    }
    snprintf(below, sizeof(below), "(%" PRIu64, g.as_of_us);
    generation_info_fini(&g);
    REDIS_WORDS(t->redis, STR("ZREMRANGEBYSCORE"),
                key_superseded(key, t->prefix, t->name), STR("-inf"),
                str_of(below));
    return redis_ask(t->redis, e);
}

/* It is live already: what fails from here on is only told. */
static void
clear_up(const struct table *t)
{
    uint64_t removed;
    struct err e;
    enum rc rc = trim_superseded(t, &e);

    if (rc == RC_OK) {
        rc = gc_run(t, &removed, &e);
    }
    if (rc != RC_OK) {
        fprintf(stderr,
                "published, but clearing up failed (%s): run batchgen "
                "gc later\n",
                e.text);
    }
}

static enum rc
commit_answer(const struct publish *p, struct str answer, struct err *e)
{
    if (str_eq(answer, STR("ok"))) {
        return RC_OK;
    }
    return err_set(e, RC_CONFLICT,
                   "%s: generation %" PRIu64 " is ready and was not published; "
                   "to publish it: batchgen publish %" PRIu64 " --table %s",
                   str_eq(answer, STR("lost"))
                       ? "the lease ran out before commit"
                       : "the live generation changed meanwhile",
                   p->gen, p->gen, p->table->name);
}

enum rc
publish_check(struct publish *p, struct err *e)
{
    struct manifest m;
    enum rc rc = RC_OK;

    if (p->lease == NULL) {
        return RC_OK;
    }
    rc = table_manifest(p->table, &m, e);
    if (rc != RC_OK) {
        return rc;
    }
    p->commit = p->asked && strcmp(m.live_uid, p->uid) == 0;
    return p->commit ? RC_OK : lease_renew(p->lease, p->table, e);
}

enum rc
publish_commit(struct publish *p, struct err *e)
{
    char seq[20], gen[20];
    struct buf answer;
    enum rc rc;

    if (p->commit) {
        clear_up(p->table);
        return RC_OK;
    }
    p->asked = true;
    buf_init(&answer, ANSWER_MAX);
    rc = script_run(
        p->table, script_commit,
        SCRIPT_ARGS(lease_writer(p->lease),
                    ((struct str){seq, number_format_u64(p->seq, seq)}),
                    ((struct str){gen, number_format_u64(p->gen, gen)}),
                    str_of(p->uid)),
        &answer, e);
    if (rc == RC_OK) {
        rc = commit_answer(p, buf_view(&answer), e);
    }
    buf_fini(&answer);
    if (rc == RC_OK) {
        clear_up(p->table);
    }
    return rc;
}
