/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * table - a table in Redis, read: its manifest, what its generations say of
 * themselves, whether it is fit to be written.
 */
#include "batchgen/payload.h"
#include "batchgen/redis.h"
#include "common/table/manifest.h"

#include <stdbool.h>
#include <stdint.h>

/* Whose keys, over which connection. The texts are the caller's. */
struct table {
    struct redis *redis;
    const char *prefix;
    const char *name;
};

/* RC_INVAL: the prefix or the name is not one. */
MUST_USE enum rc table_check_names(const char *prefix, const char *name,
                                   struct err *e);

/* All zero when there is no such table. */
MUST_USE enum rc table_manifest(const struct table *t, struct manifest *m,
                                struct err *e);

/*
 * What is there of a generation, damaged or not: fields that are not what they
 * must be are left zero, damage says which is the first ("" if none is), and
 * then it is not ready. RC_NOT_FOUND: none is there. generation_info_fini.
 */
MUST_USE enum rc table_generation_found(const struct table *t, uint64_t gen,
                                        struct generation_info *g,
                                        struct err *damage, struct err *e);

/*
 * RC_NOT_FOUND: no such generation. RC_FAILED: it is damaged. *g is all zero
 * then; else generation_info_fini.
 */
MUST_USE enum rc table_generation(const struct table *t, uint64_t gen,
                                  struct generation_info *g, struct err *e);

/*
 * All that lies under key, a generation's model or its items; nil: *found =
 * false. out is initialised here, and the caller's to fini in any case.
 */
MUST_USE enum rc table_blob(const struct table *t, struct str key,
                            struct buf *out, bool *found, struct err *e);

/* Microseconds of Redis' clock. */
MUST_USE enum rc table_now_us(const struct table *t, uint64_t *now_us,
                              struct err *e);

/*
 * What is later than Redis' clock becomes what that says, and stderr is told:
 * rows of the future would hide the changes that are stamped until then.
 */
MUST_USE enum rc table_limit_as_of(const struct table *t, uint64_t *as_of_us,
                                   struct err *e);

/* RC_UNAVAIL: Redis may evict keys, so records could vanish one by one. */
MUST_USE enum rc table_check_policy(const struct table *t, struct err *e);

/* hash-max-listpack-*; PAYLOAD_LIMITS_REDIS where CONFIG is not allowed. */
struct payload_limits table_listpack(const struct table *t);
