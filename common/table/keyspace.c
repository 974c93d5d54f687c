/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key is written from left to right, a colon before each part. What several
 * keys begin with has a function of its own:
 *
 *   P    P:T    P:T:G    P:T:features:S      of_prefix, of_table, ...
 *
 * No part is looked at on the way: prefixes and tables were when they came in
 * (keyspace_*_ok), and with those KEY_MAX is enough for the longest key.
 */
#include "common/table/keyspace.h"

#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/base/number.h"

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

/* A key as far as it is written; by hand, for a request needs up to four. */
struct draft {
    char *out;
    size_t len;
};

static void
put(struct draft *d, const char *text, size_t len)
{
    CHECK(len < KEY_MAX - d->len);
    memcpy(d->out + d->len, text, len);
    d->len += len;
}

static void
part(struct draft *d, const char *text)
{
    put(d, ":", 1);
    put(d, text, strlen(text));
}

static void
number(struct draft *d, uint64_t n)
{
    char text[20];

    put(d, ":", 1);
    put(d, text, number_format_u64(n, text));
}

static struct str
done(const struct draft *d)
{
    d->out[d->len] = '\0';
    return (struct str){d->out, d->len};
}

static struct draft
of_prefix(char *out, const char *prefix)
{
    struct draft d = {out, 0};

    put(&d, prefix, strlen(prefix));
    return d;
}

static struct draft
of_table(char *out, const char *prefix, const char *table)
{
    struct draft d = of_prefix(out, prefix);

    part(&d, table);
    return d;
}

static struct draft
of_generation(char *out, const char *prefix, const char *table, uint64_t gen)
{
    struct draft d = of_table(out, prefix, table);

    number(&d, gen);
    return d;
}

static struct draft
of_features(char *out, const char *prefix, const char *table,
            const char *schema_id)
{
    struct draft d = of_table(out, prefix, table);

    part(&d, "features");
    part(&d, schema_id);
    return d;
}

struct str
key_tables(char out[KEY_MAX], const char *prefix)
{
    struct draft d = of_prefix(out, prefix);

    return done(&d);
}

struct str
key_servers(char out[KEY_MAX], const char *prefix)
{
    struct draft d = of_prefix(out, prefix);

    part(&d, ":servers");
    return done(&d);
}

struct str
key_manifest(char out[KEY_MAX], const char *prefix, const char *table)
{
    struct draft d = of_table(out, prefix, table);

    return done(&d);
}

struct str
key_generation(char out[KEY_MAX], const char *prefix, const char *table,
               uint64_t gen)
{
    struct draft d = of_generation(out, prefix, table, gen);

    return done(&d);
}

struct str
key_model(char out[KEY_MAX], const char *prefix, const char *table,
          uint64_t gen)
{
    struct draft d = of_generation(out, prefix, table, gen);

    part(&d, "model");
    return done(&d);
}

struct str
key_items(char out[KEY_MAX], const char *prefix, const char *table,
          uint64_t gen)
{
    struct draft d = of_generation(out, prefix, table, gen);

    part(&d, "items");
    return done(&d);
}

struct str
key_bucket(char out[KEY_MAX], const char *prefix, const char *table,
           uint64_t gen, uint64_t bucket)
{
    struct draft d = of_generation(out, prefix, table, gen);

    number(&d, bucket);
    return done(&d);
}

struct str
key_features(char out[KEY_MAX], const char *prefix, const char *table,
             const char *schema_id)
{
    struct draft d = of_features(out, prefix, table, schema_id);

    return done(&d);
}

struct str
key_features_bucket(char out[KEY_MAX], const char *prefix, const char *table,
                    const char *schema_id, uint64_t bucket)
{
    struct draft d = of_features(out, prefix, table, schema_id);

    number(&d, bucket);
    return done(&d);
}

struct str
key_superseded(char out[KEY_MAX], const char *prefix, const char *table)
{
    struct draft d = of_table(out, prefix, table);

    part(&d, "superseded");
    return done(&d);
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
