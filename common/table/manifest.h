/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * manifest - the two hashes that say what a table is: the manifest (which
 * generation is live) and what a generation says of itself. Reading and
 * checking only; the scripts that move them are batchgen's.
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/table/record.h"

#include <stdbool.h>
#include <stdint.h>

#define MANIFEST_FORMAT 1
#define UID_SIZE        17
#define WRITER_SIZE     160

/* `<p>:<table>`. Numbers are 0 and texts "" where the field is absent. */
struct manifest {
    uint64_t live;
    uint64_t previous;
    uint64_t last;
    uint64_t seq;
    char live_uid[UID_SIZE];
    char previous_uid[UID_SIZE];
    char bad[4096];  /* "3,5": generations rolled back from */
    char left[4096]; /* "2@<ms>,3@<ms>": when each left the manifest */
    char writer[WRITER_SIZE];
    uint64_t writer_until_ms;
};

/* Set one field from its name and text. Unknown names are ignored. */
MUST_USE enum rc manifest_set(struct manifest *m, struct str field,
                              struct str value, struct err *e);

/* True if gen is in the list m->bad. */
bool manifest_is_bad(const struct manifest *m, uint64_t gen);

/* Milliseconds at which gen left the manifest, 0 if it never did. */
uint64_t manifest_left_ms(const struct manifest *m, uint64_t gen);

enum table_kind {
    TABLE_SCORE,
    TABLE_RANKING,
};

/* `<p>:<table>:<gen>`. schema and score_stats are heap texts it owns. */
struct generation_info {
    uint64_t format;
    char uid[UID_SIZE];
    bool ready; /* state: "ready"; anything else is still being written */
    char appending[17]; /* hash of the rows it is to have once it is ready
                           again; of no meaning while it is */
    enum table_kind kind;
    uint64_t rows;
    uint64_t buckets;
    enum record_encoding encoding;
    uint64_t outputs; /* score tables */
    uint64_t top;     /* rankings */
    char objective[64];
    char iterations[32];
    char model_sha256[65];
    char source_sha256[65];
    char items_sha256[65]; /* rankings: of the stored catalogue */
    char *schema;          /* JSON list of names */
    char schema_id[17];
    uint64_t as_of_us;
    uint64_t created_us;
    char *score_stats; /* JSON */
};

/* Set one field from its name and text. Unknown names are ignored. */
MUST_USE enum rc generation_info_set(struct generation_info *g,
                                     struct str field, struct str value,
                                     struct err *e);

/*
 * Is it whole, and can this build read it? RC_INVAL names the field; another
 * `format` says which program to update. After RC_OK uid, schema_id and
 * model_sha256 are lower-case hex of full length, outputs (top of a ranking)
 * is 1 to UINT32_MAX and buckets at least 1; that schema has this schema_id
 * is for the caller to compare.
 */
MUST_USE enum rc generation_info_check(const struct generation_info *g,
                                       struct err *e);

/*
 * It was ready, and has all the rows it had then: a run that adds some has not
 * come to its end, and maybe never will.
 */
static inline bool
generation_info_is_appending(const struct generation_info *g)
{
    return !g->ready && g->appending[0] != '\0';
}

/* Frees the texts. NULL is fine. */
void generation_info_fini(struct generation_info *g);

/* Called for one field after another; value is valid for the call. */
typedef void (*generation_field_fn)(void *arg, struct str field,
                                    struct str value);

/*
 * Every field that has a value, as the hash holds it; `state` is not among
 * them. A number that is 0 and a text that is "" are no value: as read, so
 * written.
 */
void generation_info_each(const struct generation_info *g,
                          generation_field_fn fn, void *arg);
