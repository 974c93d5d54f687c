/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/table.h"

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/table/keyspace.h"

#include <stdio.h>

#define BLOB_MAX ((size_t)2200 << 20)

enum rc
table_check_names(const char *prefix, const char *name, struct err *e)
{
    if (!keyspace_prefix_ok(str_of(prefix))) {
        return err_set(e, RC_INVAL,
                       "--prefix must be 1 to 64 of A-Z a-z 0-9 _ . -, got "
                       "'%s'",
                       prefix);
    }
    if (!keyspace_table_ok(str_of(name))) {
        return err_set(e, RC_INVAL,
                       "--table must be 1 to 128 of A-Z a-z 0-9 _ . - and "
                       "begin with a letter or digit, got '%s'",
                       name);
    }
    return RC_OK;
}

static enum rc
on_manifest_field(void *arg, struct str field, struct str value, struct err *e)
{
    return manifest_set(arg, field, value, e);
}

enum rc
table_manifest(const struct table *t, struct manifest *m, struct err *e)
{
    char key[KEY_MAX];

    *m = (struct manifest){0};
    REDIS_WORDS(t->redis, STR("HGETALL"),
                key_manifest(key, t->prefix, t->name));
    return redis_ask_hash(t->redis, on_manifest_field, m, e);
}

struct reading {
    struct generation_info *info;
    bool any;
    enum rc rc; /* of the first field that is not one */
    struct err *why;
};

/* A damaged field does not hide the others. */
static enum rc
on_generation_field(void *arg, struct str field, struct str value,
                    struct err *e)
{
    struct reading *r = arg;
    struct err *why = r->rc == RC_OK ? r->why : NULL;
    enum rc rc = generation_info_set(r->info, field, value, why);

    (void)e;
    r->any = true;
    if (rc == RC_NOMEM) {
        return rc;
    }
    r->rc = r->rc == RC_OK ? rc : r->rc;
    return RC_OK;
}

enum rc
table_generation_found(const struct table *t, uint64_t gen,
                       struct generation_info *g, struct err *damage,
                       struct err *e)
{
    char key[KEY_MAX];
    struct reading r = {.info = g, .why = damage};
    enum rc rc;

    *g = (struct generation_info){0};
    damage->text[0] = '\0';
    REDIS_WORDS(t->redis, STR("HGETALL"),
                key_generation(key, t->prefix, t->name, gen));
    rc = redis_ask_hash(t->redis, on_generation_field, &r, e);
    if (rc == RC_OK && !r.any) {
        rc = err_set(e, RC_NOT_FOUND, "table '%s' has no generation %llu",
                     t->name, (unsigned long long)gen);
    }
    if (rc != RC_OK) {
        generation_info_fini(g);
        *g = (struct generation_info){0};
    }
    g->ready = g->ready && r.rc == RC_OK;
    return rc;
}

enum rc
table_generation(const struct table *t, uint64_t gen, struct generation_info *g,
                 struct err *e)
{
    struct err damage;
    enum rc rc = table_generation_found(t, gen, g, &damage, e);

    if (rc == RC_OK && damage.text[0] != '\0') {
        generation_info_fini(g);
        *g = (struct generation_info){0};
        rc = err_set(e, RC_FAILED,
                     "generation %llu of '%s' is damaged (%.600s); score the "
                     "table again, then batchgen gc removes it",
                     (unsigned long long)gen, t->name, damage.text);
    }
    return rc;
}

struct parts {
    uint64_t value[2];
    size_t n;
};

static enum rc
on_time_part(void *arg, struct str item, struct err *e)
{
    struct parts *parts = arg;

    if (parts->n == 2 || !number_parse_u64(item, &parts->value[parts->n++])) {
        return err_set(e, RC_FAILED, "Redis' TIME is not two numbers");
    }
    return RC_OK;
}

enum rc
table_blob(const struct table *t, struct str key, struct buf *out, bool *found,
           struct err *e)
{
    buf_init(out, BLOB_MAX);
    REDIS_WORDS(t->redis, STR("GET"), key);
    return redis_ask_text(t->redis, out, found, e);
}

enum rc
table_now_us(const struct table *t, uint64_t *now_us, struct err *e)
{
    struct parts parts = {.n = 0};
    enum rc rc;

    REDIS_WORDS(t->redis, STR("TIME"));
    rc = redis_ask_list(t->redis, on_time_part, &parts, e);
    *now_us = parts.value[0] * 1000000 + parts.value[1];
    return rc;
}

enum rc
table_limit_as_of(const struct table *t, uint64_t *as_of_us, struct err *e)
{
    char given[CLOCK_ISO_MAX], now[CLOCK_ISO_MAX];
    uint64_t now_us;
    enum rc rc = table_now_us(t, &now_us, e);

    if (rc != RC_OK || *as_of_us <= now_us) {
        return rc;
    }
    clock_format_iso(*as_of_us, given);
    clock_format_iso(now_us, now);
    fprintf(stderr, "as of %s is later than Redis' clock: taken as %s\n", given,
            now);
    *as_of_us = now_us;
    return RC_OK;
}
