/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * redis - one connection: commands out, replies in, errors as rc.
 *
 * A command is begun with its number of words and given word by word. Then
 * either `ask` it, which waits for the answer, or `push` it, which lets it
 * join the others in a sliding window; `drain` waits for those. After push or
 * drain failed only redis_close may follow: replies may still be on their way.
 * One thread at a time.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/table/topology.h"

#include <stdbool.h>
#include <stdint.h>

struct redis;

/* RC_UNAVAIL says what to do. The topology must outlive the connection. */
MUST_USE enum rc redis_open(struct redis **out, const struct topology *t,
                            struct err *e);

/* Closes without waiting, and nulls; NULL is fine. */
void redis_close(struct redis **r);

/*
 * Whether the connection broke, rather than the server refused something:
 * all fails until redis_reopen.
 */
bool redis_is_lost(const struct redis *r);

/* Lost, and not because it no longer takes our password, user or database. */
bool redis_may_return(const struct redis *r);

/* Connect anew; what was not acknowledged is forgotten. As redis_open. */
MUST_USE enum rc redis_reopen(struct redis *r, struct err *e);

/* To open a second connection to the same place. */
const struct topology *redis_topology(const struct redis *r);

/* The words are copied; out of memory shows at push or ask. */
void redis_begin(struct redis *r, size_t nword);
void redis_word(struct redis *r, struct str word);
void redis_number(struct redis *r, uint64_t n);

/* A whole command from its words. */
void redis_words(struct redis *r, const struct str *word, size_t nword);
#define REDIS_WORDS(r, ...)                                                    \
    redis_words((r), (const struct str[]){__VA_ARGS__},                        \
                sizeof((const struct str[]){__VA_ARGS__}) /                    \
                    sizeof(struct str))

/*
 * Add the command to the window; sends, and may wait, once the window is
 * full. An error reply to an earlier command may come up here.
 */
MUST_USE enum rc redis_push(struct redis *r, struct err *e);

/* Wait for all pushed; *sum (may be NULL): the sum of integer replies. */
MUST_USE enum rc redis_drain(struct redis *r, uint64_t *sum, struct err *e);

/* Ask, nothing being pushed; for commands whose answer is only "done". */
MUST_USE enum rc redis_ask(struct redis *r, struct err *e);

/* Append a string, status or integer reply to out; nil: *found = false. */
MUST_USE enum rc redis_ask_text(struct redis *r, struct buf *out, bool *found,
                                struct err *e);

/* Called for each; not RC_OK ends the walk, and is what ask returns. */
typedef enum rc (*redis_item_fn)(void *arg, struct str item, struct err *e);
typedef enum rc (*redis_pair_fn)(void *arg, struct str field, struct str value,
                                 struct err *e);

MUST_USE enum rc redis_ask_list(struct redis *r, redis_item_fn fn, void *arg,
                                struct err *e);
MUST_USE enum rc redis_ask_hash(struct redis *r, redis_pair_fn fn, void *arg,
                                struct err *e);

/*
 * The command is a SCAN from *cursor, which becomes where the next goes on: 0
 * is the end. Called for each key.
 */
MUST_USE enum rc redis_ask_scan(struct redis *r, uint64_t *cursor,
                                redis_item_fn fn, void *arg, struct err *e);
