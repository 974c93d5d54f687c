/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/keyspace.h"

#include "common/base/check.h"
#include "common/base/hash.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static bool
is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z');
}

static bool
is_word(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.p[i];

        if (!is_alnum(c) && c != '_' && c != '.' && c != '-') {
            return false;
        }
    }
    return s.len > 0;
}

bool
keyspace_prefix_ok(struct str prefix)
{
    return prefix.len <= PREFIX_MAX && is_word(prefix);
}

bool
keyspace_table_ok(struct str table)
{
    return table.len <= TABLE_MAX && is_word(table) && is_alnum(table.p[0]);
}

bool
keyspace_user_ok(struct str user)
{
    return user.len >= 1 && user.len <= USER_MAX;
}

static struct str PRINTF_LIKE(2, 3)
    write_key(char out[KEY_MAX], const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(out, KEY_MAX, fmt, ap);
    va_end(ap);
    CHECK(n > 0 && n < KEY_MAX);
    return (struct str){out, (size_t)n};
}

struct str
key_tables(char out[KEY_MAX], const char *prefix)
{
    return write_key(out, "%s", prefix);
}

struct str
key_servers(char out[KEY_MAX], const char *prefix)
{
    return write_key(out, "%s::servers", prefix);
}

struct str
key_manifest(char out[KEY_MAX], const char *prefix, const char *table)
{
    return write_key(out, "%s:%s", prefix, table);
}

struct str
key_generation(char out[KEY_MAX], const char *prefix, const char *table,
               uint64_t gen)
{
    return write_key(out, "%s:%s:%" PRIu64, prefix, table, gen);
}

struct str
key_model(char out[KEY_MAX], const char *prefix, const char *table,
          uint64_t gen)
{
    return write_key(out, "%s:%s:%" PRIu64 ":model", prefix, table, gen);
}

struct str
key_items(char out[KEY_MAX], const char *prefix, const char *table,
          uint64_t gen)
{
    return write_key(out, "%s:%s:%" PRIu64 ":items", prefix, table, gen);
}

struct str
key_bucket(char out[KEY_MAX], const char *prefix, const char *table,
           uint64_t gen, uint64_t bucket)
{
    return write_key(out, "%s:%s:%" PRIu64 ":%" PRIu64, prefix, table, gen,
                     bucket);
}

struct str
key_features(char out[KEY_MAX], const char *prefix, const char *table,
             const char *schema_id)
{
    return write_key(out, "%s:%s:features:%s", prefix, table, schema_id);
}

struct str
key_features_bucket(char out[KEY_MAX], const char *prefix, const char *table,
                    const char *schema_id, uint64_t bucket)
{
    return write_key(out, "%s:%s:features:%s:%" PRIu64, prefix, table,
                     schema_id, bucket);
}

struct str
key_superseded(char out[KEY_MAX], const char *prefix, const char *table)
{
    return write_key(out, "%s:%s:superseded", prefix, table);
}

uint64_t
keyspace_bucket(struct str user, uint64_t buckets)
{
    CHECK(buckets > 0);
    return hash_key(user) % buckets;
}

uint64_t
keyspace_buckets_for(uint64_t rows_read)
{
    uint64_t least = rows_read / BUCKET_USERS + (rows_read % BUCKET_USERS != 0);
    uint64_t buckets = 1;

    while (buckets < least) {
        buckets *= 2;
    }
    return buckets;
}
