/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pushed commands pile up in `out` (redis_wire.h) until WINDOW bytes are
 * unsent. Then half of it is pumped out before push returns: the socket always
 * has something to send while the caller makes more, and replies are taken on
 * the way, so that Redis never stops reading because we did.
 *
 * A connection that broke stays lost: everything fails until redis_reopen,
 * since nobody knows which of the pushed commands were done.
 */
#include "batchgen/redis.h"

#include "batchgen/redis_wire.h"
#include "common/base/number.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>

#define WINDOW      (64 << 10)
#define COMMAND_MAX ((size_t)2200 << 20)
#define CONNECT_MS  5000

enum rc
redis_reopen(struct redis *r, struct err *e)
{
    enum rc rc;

    if (r->context != NULL) {
        redisFree(r->context);
        r->context = NULL;
    }
    buf_clear(&r->out);
    r->sent = 0;
    r->pending = 0;
    r->sum = 0;
    rc = topology_connect(r->topology, CONNECT_MS, &r->context, e);
    r->lost = rc != RC_OK;
    r->denied = rc == RC_REFUSED;
    return r->denied ? RC_UNAVAIL : rc;
}

enum rc
redis_open(struct redis **out, const struct topology *t, struct err *e)
{
    struct redis *r = calloc(1, sizeof(*r));
    enum rc rc;

    *out = NULL;
    if (r == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    r->topology = t;
    buf_init(&r->out, COMMAND_MAX);
    topology_name(t, r->name);
    rc = redis_reopen(r, e);
    if (rc != RC_OK) {
        redis_close(&r);
        return rc;
    }
    *out = r;
    return RC_OK;
}

void
redis_close(struct redis **r)
{
    if (*r == NULL) {
        return;
    }
    if ((*r)->context != NULL) {
        redisFree((*r)->context);
    }
    buf_fini(&(*r)->out);
    free(*r);
    *r = NULL;
}

const struct topology *
redis_topology(const struct redis *r)
{
    return r->topology;
}

bool
redis_is_lost(const struct redis *r)
{
    return r->lost;
}

bool
redis_may_return(const struct redis *r)
{
    return r->lost && !r->denied;
}

static void
put_length(struct buf *out, char kind, uint64_t n)
{
    char line[24];
    size_t len;

    line[0] = kind;
    len = 1 + number_format_u64(n, line + 1);
    line[len++] = '\r';
    line[len++] = '\n';
    buf_put(out, line, len);
}

void
redis_begin(struct redis *r, size_t nword)
{
    put_length(&r->out, '*', nword);
}

void
redis_word(struct redis *r, struct str word)
{
    put_length(&r->out, '$', word.len);
    buf_str(&r->out, word);
    buf_put(&r->out, "\r\n", 2);
}

void
redis_number(struct redis *r, uint64_t n)
{
    char text[20];

    redis_word(r, (struct str){text, number_format_u64(n, text)});
}

void
redis_words(struct redis *r, const struct str *word, size_t nword)
{
    redis_begin(r, nword);
    for (size_t i = 0; i < nword; i++) {
        redis_word(r, word[i]);
    }
}

/* Until at most this much is unsent and unanswered. */
static enum rc
pump(struct redis *r, size_t unsent_max, size_t pending_max, struct err *e)
{
    for (;;) {
        redisReply *reply;
        enum rc rc = redis_take(r, &reply, e);

        if (rc == RC_OK && reply != NULL) {
            if (reply->type == REDIS_REPLY_INTEGER) {
                r->sum += (uint64_t)reply->integer;
            }
            freeReplyObject(reply);
            continue;
        }
        if (rc == RC_OK && redis_unsent(r) <= unsent_max &&
            r->pending <= pending_max) {
            return RC_OK;
        }
        if (rc == RC_OK) {
            rc = redis_turn(r, e);
        }
        if (rc != RC_OK) {
            return rc;
        }
    }
}

enum rc
redis_done(struct redis *r, struct err *e)
{
    if (r->lost) {
        return err_set(e, RC_UNAVAIL, "the connection to Redis at %s was lost",
                       r->name);
    }
    if (buf_failed(&r->out)) {
        return err_set(e, RC_NOMEM, "out of memory, or a command over 2 GiB");
    }
    r->pending++;
    return RC_OK;
}

enum rc
redis_push(struct redis *r, struct err *e)
{
    enum rc rc = redis_done(r, e);

    if (rc != RC_OK || redis_unsent(r) < WINDOW) {
        return rc;
    }
    return pump(r, WINDOW / 2, SIZE_MAX, e);
}

enum rc
redis_drain(struct redis *r, uint64_t *sum, struct err *e)
{
    enum rc rc = pump(r, 0, 0, e);

    if (sum != NULL) {
        *sum = r->sum;
    }
    r->sum = 0;
    return rc;
}
