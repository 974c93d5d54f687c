/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/put.h"

#include "common/base/number.h"
#include "common/table/record.h"

#include <stdlib.h>

/*
 * Each script touches one key, so that a cluster needs no change here:
 *
 *   buckets of the rows -> the row as it is (to name what is missing)
 *     -> stamp: superseded from now -> overlay: unless a newer row is there
 *
 * A failure after the stamp is safe: the user is superseded by a row that did
 * not come, and is answered from the row before, or by the record as stale.
 */

struct put {
    struct store *store;
    const char *prefix;
    struct query q;
    uint64_t buckets;  /* of the feature rows */
    uint64_t stamp_us; /* since when the user is superseded */
    put_done_fn done;
    void *arg;
};

/* Whoever writes the first row under a schema decides. */
#define LUA_BUCKETS                                                            \
    "local n = redis.call('GET', KEYS[1])\n"                                   \
    "if not n then\n"                                                          \
    "  n = ARGV[1]\n"                                                          \
    "  redis.call('SET', KEYS[1], n)\n"                                        \
    "end\n"                                                                    \
    "return n\n"

/* Stamps rise within a table, so that a server can follow the set by them. */
#define LUA_STAMP                                                              \
    "local t = redis.call('TIME')\n"                                           \
    "local now = t[1] * 1000000 + t[2]\n"                                      \
    "local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')\n"      \
    "if last[2] and tonumber(last[2]) >= now then\n"                           \
    "  now = tonumber(last[2]) + 1\n"                                          \
    "end\n"                                                                    \
    "local text = string.format('%.0f', now)\n"                                \
    "redis.call('ZADD', KEYS[1], text, ARGV[1])\n"                             \
    "return text\n"

/* ARGV: user, row, and for each feature whether the request named it. */
#define LUA_OVERLAY                                                            \
    "local old = redis.call('HGET', KEYS[1], ARGV[1])\n"                       \
    "local new, named = ARGV[2], ARGV[3]\n"                                    \
    "if old and #old == #new then\n"                                           \
    "  if struct.unpack('<I8', old) > struct.unpack('<I8', new) then\n"        \
    "    return 0\n"                                                           \
    "  end\n"                                                                  \
    "  local part = {string.sub(new, 1, 8)}\n"                                 \
    "  for i = 1, #named do\n"                                                 \
    "    local from = string.sub(named, i, i) == '1' and new or old\n"         \
    "    part[i + 1] = string.sub(from, 5 + 4 * i, 8 + 4 * i)\n"               \
    "  end\n"                                                                  \
    "  new = table.concat(part)\n"                                             \
    "elseif string.find(named, '0') then\n"                                    \
    "  return -1\n"                                                            \
    "end\n"                                                                    \
    "redis.call('HSET', KEYS[1], ARGV[1], new)\n"                              \
    "return 1\n"

static void
finish(struct put *p, enum answer_code code)
{
    p->done(p->arg, &p->q, code);
    put_destroy(&p);
}

/* EVAL a script on one key. */
static void
run_script(struct put *p, struct str script, struct str key,
           const struct str *arg, size_t narg, store_done_fn done)
{
    struct str word[7] = {STR("EVAL"), script, STR("1"), key};
    struct store_command c = {
        .word = word,
        .nword = 4 + narg,
        .deadline_ns = p->q.deadline_ns,
        .done = done,
        .arg = p,
    };

    for (size_t i = 0; i < narg; i++) {
        word[4 + i] = arg[i];
    }
    if (store_command(p->store, &c) != RC_OK) {
        finish(p, ANSWER_STORE_UNAVAILABLE);
    }
}

static struct str
row_key(const struct put *p, char key[KEY_MAX])
{
    return key_features_bucket(key, p->prefix, p->q.table,
                               schema_id(p->q.gen->schema),
                               keyspace_bucket(query_user(&p->q), p->buckets));
}

static void
on_overlay(void *arg, const struct store_reply *reply)
{
    struct put *p = arg;

    if (reply->rc != RC_OK || reply->kind != STORE_INTEGER) {
        finish(p, ANSWER_STORE_UNAVAILABLE);
    } else {
        finish(p, reply->integer < 0 ? ANSWER_MISSING_FEATURES : ANSWER_OK);
    }
}

static void
overlay(struct put *p)
{
    size_t n = p->q.ncol;
    const float *x = query_row(&p->q); /* begun: nothing may be named */
    char key[KEY_MAX];
    char *row = malloc(record_size(RECORD_F32, n) + sizeof(uint64_t) + n);
    char *named;

    if (row == NULL) {
        finish(p, ANSWER_STORE_UNAVAILABLE);
        return;
    }
    size_t len = record_put_features(row, p->stamp_us, x, n);

    named = row + len;
    for (size_t i = 0; i < n; i++) {
        named[i] = p->q.known[i] ? '1' : '0';
    }
    const struct str arg[] = {query_user(&p->q), {row, len}, {named, n}};

    run_script(p, STR(LUA_OVERLAY), row_key(p, key), arg, 3, on_overlay);
    free(row);
}

static void
on_stamp(void *arg, const struct store_reply *reply)
{
    struct put *p = arg;

    if (reply->rc != RC_OK || reply->kind != STORE_BYTES ||
        !number_parse_u64(reply->bytes, &p->stamp_us)) {
        finish(p, ANSWER_STORE_UNAVAILABLE);
    } else {
        overlay(p);
    }
}

static void
stamp(struct put *p)
{
    const struct str user = query_user(&p->q);
    char key[KEY_MAX];

    run_script(p, STR(LUA_STAMP), key_superseded(key, p->prefix, p->q.table),
               &user, 1, on_stamp);
}

static void
on_row(void *arg, const struct store_reply *reply)
{
    struct put *p = arg;

    if (reply->rc != RC_OK) {
        finish(p, ANSWER_STORE_UNAVAILABLE);
    } else if (reply->kind != STORE_BYTES) {
        finish(p, ANSWER_MISSING_FEATURES);
    } else {
        stamp(p);
    }
}

/* Nobody is superseded by a row that cannot be written. */
static void
find_row(struct put *p)
{
    char key[KEY_MAX];
    struct store_read r = {
        .key = row_key(p, key),
        .field = query_user(&p->q),
        .deadline_ns = p->q.deadline_ns,
        .done = on_row,
        .arg = p,
    };

    if (store_read(p->store, &r) != RC_OK) {
        finish(p, ANSWER_STORE_UNAVAILABLE);
    }
}

static void
on_buckets(void *arg, const struct store_reply *reply)
{
    struct put *p = arg;

    if (reply->rc != RC_OK || reply->kind != STORE_BYTES ||
        !number_parse_u64(reply->bytes, &p->buckets) || p->buckets == 0) {
        finish(p, ANSWER_STORE_UNAVAILABLE);
    } else if (p->q.nnamed == p->q.ncol) {
        stamp(p);
    } else {
        find_row(p);
    }
}

void
put_run(struct put *p, put_done_fn done, void *arg)
{
    char key[KEY_MAX], text[20];
    const struct str first = {text, number_format_u64(FEATURE_BUCKETS, text)};

    p->done = done;
    p->arg = arg;
    run_script(
        p, STR(LUA_BUCKETS),
        key_features(key, p->prefix, p->q.table, schema_id(p->q.gen->schema)),
        &first, 1, on_buckets);
}

struct put *
put_create(struct store *store, const char *prefix,
           const struct table_view *view)
{
    struct put *p = calloc(1, sizeof(*p));

    if (p == NULL) {
        return NULL;
    }
    p->store = store;
    p->prefix = prefix;
    memcpy(p->q.table, view->name, sizeof(p->q.table));
    if (query_pin(&p->q, view->live) != RC_OK) {
        put_destroy(&p);
    }
    return p;
}

struct query *
put_query(struct put *p)
{
    return &p->q;
}

void
put_destroy(struct put **p)
{
    if (*p != NULL) {
        query_fini(&(*p)->q);
        free(*p);
        *p = NULL;
    }
}
