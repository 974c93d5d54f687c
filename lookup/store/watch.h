/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * watch - the loader's own blocking connection to Redis: follows the
 * manifests and reads what a generation is made of. One thread only. Every
 * call waits at most WATCH_TIMEOUT_MS a step and reconnects by itself.
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/table/keyspace.h"
#include "common/table/manifest.h"
#include "common/table/topology.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WATCH_TIMEOUT_MS 1000

struct watch;

/* One table as the last poll saw it. */
struct watch_table {
    char name[TABLE_MAX + 1];
    bool listed;        /* in the set of tables */
    bool present;       /* its manifest exists */
    struct err problem; /* why the manifest cannot be understood, or "" */
    struct manifest manifest;
};

/* topology is copied; prefix must outlive it. NULL when out of memory. */
struct watch *watch_create(const struct topology *topology, const char *prefix);
void watch_destroy(struct watch **w);

/*
 * Read the set of tables and the manifest of each, in one round trip (two
 * when a table is new). A table once seen stays in the list, absent or not,
 * until watch_forget. *table is valid until the next call. RC_UNAVAIL: Redis
 * cannot be read now.
 */
MUST_USE enum rc watch_poll(struct watch *w, const struct watch_table **table,
                            size_t *n, struct err *e);

/* Read this table's manifest, too, as if it had been seen before. RC_NOMEM. */
MUST_USE enum rc watch_expect(struct watch *w, const char *table);

/*
 * Ask for this table no more, unless the set has it again. In the list of the
 * last poll its last takes the place: walk it from the end to forget some.
 */
void watch_forget(struct watch *w, const char *table);

/*
 * What generation gen says of itself; generation_info_fini(info) in any case.
 * RC_NOT_FOUND: there is none.
 */
MUST_USE enum rc watch_read_info(struct watch *w, const char *table,
                                 uint64_t gen, struct generation_info *info,
                                 struct err *e);

/* The model's bytes; free(*bytes). RC_NOT_FOUND: the key is gone. */
MUST_USE enum rc watch_read_model(struct watch *w, const char *table,
                                  uint64_t gen, char **bytes, size_t *len,
                                  struct err *e);

/* The catalogue's bytes, likewise. */
MUST_USE enum rc watch_read_items(struct watch *w, const char *table,
                                  uint64_t gen, char **bytes, size_t *len,
                                  struct err *e);

/* How many buckets the feature rows of a schema have; 0: none are stored. */
MUST_USE enum rc watch_feature_buckets(struct watch *w, const char *table,
                                       const char *schema_id, uint64_t *n,
                                       struct err *e);

/* Called for each record, bucket by bucket; RC_OK goes on. */
typedef enum rc (*watch_record_fn)(void *arg, uint64_t bucket, struct str user,
                                   struct str record);

/*
 * The records in a generation's buckets from `first` up to `end`. What fn
 * returns, if it is not RC_OK, ends it and is returned.
 */
MUST_USE enum rc watch_read_records(struct watch *w, const char *table,
                                    uint64_t gen, uint64_t first, uint64_t end,
                                    watch_record_fn fn, void *arg,
                                    struct err *e);

/* The same of feature rows of a schema. */
MUST_USE enum rc watch_read_rows(struct watch *w, const char *table,
                                 const char *schema_id, uint64_t first,
                                 uint64_t end, watch_record_fn fn, void *arg,
                                 struct err *e);

/* Called for each user in the order of their stamps; RC_OK goes on. */
typedef enum rc (*watch_superseded_fn)(void *arg, struct str user,
                                       uint64_t updated_us);

/* Users superseded after `after_us`, in the order of their stamps. */
MUST_USE enum rc watch_superseded(struct watch *w, const char *table,
                                  uint64_t after_us, watch_superseded_fn fn,
                                  void *arg, struct err *e);

/* Connections made so far: another number means that Redis may be another. */
uint64_t watch_connects(const struct watch *w);

/* The numeric address that Redis' name was last found to mean; "": none. */
const char *watch_address(const struct watch *w);

/* Set this server's entry in <p>::servers; an empty text removes it. */
MUST_USE enum rc watch_announce(struct watch *w, const char *server,
                                struct str text, struct err *e);
