/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * keyspace - the names of all keys in Redis, and nothing else builds one.
 * The contract is the table in common/README.md ("Keyspace").
 */
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_MAX    320 /* longest key with its NUL */
#define USER_MAX   512 /* longest user id, bytes */
#define PREFIX_MAX 64
#define TABLE_MAX  128

/* Users per bucket at most, on average; see keyspace_buckets_for(). */
#define BUCKET_USERS 48

/* Bucket count of a table's feature rows unless set at creation. */
#define FEATURE_BUCKETS 65536

bool keyspace_prefix_ok(struct str prefix); /* [A-Za-z0-9_.-]{1,64} */
bool keyspace_table_ok(struct str table); /* [A-Za-z0-9][A-Za-z0-9_.-]{0,127} */
bool keyspace_user_ok(struct str user);   /* 1 to 512 bytes, any */

/*
 * Each writes a key into out (NUL terminated) and returns its view. prefix and
 * table must have passed the checks above.
 */
struct str key_tables(char out[KEY_MAX], const char *prefix);
struct str key_servers(char out[KEY_MAX], const char *prefix);
struct str key_manifest(char out[KEY_MAX], const char *prefix,
                        const char *table);
struct str key_generation(char out[KEY_MAX], const char *prefix,
                          const char *table, uint64_t gen);
struct str key_model(char out[KEY_MAX], const char *prefix, const char *table,
                     uint64_t gen);
struct str key_items(char out[KEY_MAX], const char *prefix, const char *table,
                     uint64_t gen);
struct str key_bucket(char out[KEY_MAX], const char *prefix, const char *table,
                      uint64_t gen, uint64_t bucket);
struct str key_features(char out[KEY_MAX], const char *prefix,
                        const char *table, const char *schema_id);
struct str key_features_bucket(char out[KEY_MAX], const char *prefix,
                               const char *table, const char *schema_id,
                               uint64_t bucket);
struct str key_superseded(char out[KEY_MAX], const char *prefix,
                          const char *table);

/* XXH64(user, seed 0) mod buckets. */
uint64_t keyspace_bucket(struct str user, uint64_t buckets);

/* The least power of two not below rows_read / 48; at least 1. */
uint64_t keyspace_buckets_for(uint64_t rows_read);
