/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * script - the steps that must happen at once, as Lua for EVAL. Each touches
 * one key, KEYS[1]. Those on a manifest answer with one word, sometimes a
 * number and a text behind it, separated by blanks.
 */
#include "batchgen/table.h"
#include "common/base/str.h"

/*
 * KEYS[1] manifest. ARGV: writer, lease ms, 1 to take a number too.
 * "ok <number or 0>", also to who holds it already; "held <ms> <writer>".
 */
extern const struct str script_lease;

/* ARGV: writer, lease ms. "ok" or "lost". */
extern const struct str script_renew;

/* ARGV: writer. Gives the lease back if it is still held. "ok". */
extern const struct str script_release;

/*
 * ARGV: writer, seq the guards saw, number, uid. Moves live, unless that is
 * what is live, and gives the lease back. "ok", "lost", "moved <seq>".
 */
extern const struct str script_commit;

/* "ok <live> <the one rolled back from>", "none". */
extern const struct str script_rollback;

/* ARGV: numbers that exist no more; they go from `bad` and `left`. "ok". */
extern const struct str script_forget;

/*
 * ARGV: writer, lease ms, 1 to do so in spite of a lease. Takes the lease and
 * leaves no generation live. "ok", "held <ms> <writer>".
 */
extern const struct str script_drop;

/*
 * KEYS[1] feature bucket. ARGV: user, row, user, row ... A row replaces a
 * stored one unless that is newer. Integer: rows written.
 */
extern const struct str script_features;

/*
 * KEYS[1] superseded. ARGV: users. All get one stamp of Redis' clock, later
 * than every stamp that is there: servers follow the set by the last they saw.
 */
extern const struct str script_supersede;

/* Begin EVAL of a script on one key; narg words (ARGV) must follow. */
void script_begin(struct redis *r, struct str script, struct str key,
                  size_t narg);

/*
 * Run a script on a table's manifest. out gets its answer as text. The words
 * of ARGV are given as for REDIS_WORDS.
 */
MUST_USE enum rc script_run(const struct table *t, struct str script,
                            const struct str *arg, size_t narg, struct buf *out,
                            struct err *e);
#define SCRIPT_ARGS(...)                                                       \
    (const struct str[]){__VA_ARGS__},                                         \
        sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str)
