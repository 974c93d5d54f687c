/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * watch_impl - what watch.c (the connection) shares with watch_poll.c (tables
 * and their manifests) and watch_read.c (everything else that is read); nobody
 * else includes this.
 */
#include "lookup/store/watch.h"

#define WATCH_WORDS_MAX 5

struct redisContext;
struct redisReply;
struct resolver;

struct watch {
    struct topology topology;  /* host: what the resolver, if any, found */
    struct resolver *resolver; /* NULL: its address was given */
    const char *prefix;
    struct redisContext *c; /* NULL: not connected */
    uint64_t connects;
    struct watch_table *table;
    size_t n, room;
};

/* One command of argc words, and its reply, which freeReplyObject frees. */
MUST_USE enum rc watch_ask(struct watch *w, size_t argc, const struct str *arg,
                           struct redisReply **r, struct err *e);

/* Buffer a command of up to WATCH_WORDS_MAX words; only when connected. */
void watch_append(struct watch *w, size_t argc, const struct str *arg);

/* The next reply, likewise; unless RC_OK the pipeline is gone. */
MUST_USE enum rc watch_next(struct watch *w, struct redisReply **r,
                            struct err *e);

/* Give up the connection, and with it what is in the pipeline. */
void watch_disconnect(struct watch *w);

/*
 * Connect unless it is. Waits WATCH_TIMEOUT_MS at most. RC_UNAVAIL: Redis is
 * away, or does not let us in, which may change.
 */
MUST_USE enum rc watch_connected(struct watch *w, struct err *e);

/* The bytes of a string reply; p == NULL for anything else. */
struct str watch_text(const struct redisReply *r);
