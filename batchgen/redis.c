/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/redis.h"

#include "batchgen/redis_wire.h"
#include "common/base/check.h"
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

static enum rc
command_done(struct redis *r, struct err *e)
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
    enum rc rc = command_done(r, e);

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

/* The caller frees *out. */
static enum rc
ask(struct redis *r, redisReply **out, struct err *e)
{
    enum rc rc = command_done(r, e);

    CHECK(r->pending <= 1);
    *out = NULL;
    while (rc == RC_OK && *out == NULL) {
        rc = redis_take(r, out, e);
        if (rc == RC_OK && *out == NULL) {
            rc = redis_turn(r, e);
        }
    }
    return rc;
}

enum rc
redis_ask(struct redis *r, struct err *e)
{
    redisReply *reply;
    enum rc rc = ask(r, &reply, e);

    freeReplyObject(reply);
    return rc;
}

static struct str
reply_str(const redisReply *reply)
{
    return (struct str){reply->str, (size_t)reply->len};
}

static enum rc
unexpected(const struct redis *r, const redisReply *reply, struct err *e)
{
    return err_set(e, RC_FAILED,
                   "Redis at %s gave a reply of type %d, which is not what "
                   "the command gives: is something in between?",
                   r->name, reply->type);
}

enum rc
redis_ask_text(struct redis *r, struct buf *out, bool *found, struct err *e)
{
    redisReply *reply;
    enum rc rc = ask(r, &reply, e);

    if (rc != RC_OK) {
        return rc;
    }
    *found = reply->type != REDIS_REPLY_NIL;
    switch (reply->type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        buf_str(out, reply_str(reply));
        break;
    case REDIS_REPLY_INTEGER:
        buf_u64(out, (uint64_t)reply->integer);
        break;
    case REDIS_REPLY_NIL:
        break;
    default:
        rc = unexpected(r, reply, e);
    }
    freeReplyObject(reply);
    if (rc == RC_OK && buf_failed(out)) {
        rc = err_set(e, RC_NOMEM, "a reply is too large, or out of memory");
    }
    return rc;
}

static enum rc
each_item(const struct redis *r, const redisReply *list, redis_item_fn fn,
          void *arg, struct err *e)
{
    enum rc rc =
        list->type == REDIS_REPLY_ARRAY ? RC_OK : unexpected(r, list, e);

    for (size_t i = 0; rc == RC_OK && i < list->elements; i++) {
        rc = fn(arg, reply_str(list->element[i]), e);
    }
    return rc;
}

enum rc
redis_ask_list(struct redis *r, redis_item_fn fn, void *arg, struct err *e)
{
    redisReply *reply;
    enum rc rc = ask(r, &reply, e);

    if (rc == RC_OK) {
        rc = each_item(r, reply, fn, arg, e);
    }
    freeReplyObject(reply);
    return rc;
}

enum rc
redis_ask_scan(struct redis *r, uint64_t *cursor, redis_item_fn fn, void *arg,
               struct err *e)
{
    redisReply *reply;
    enum rc rc = ask(r, &reply, e);

    if (rc != RC_OK) {
        return rc;
    }
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 ||
        reply->element[0]->type != REDIS_REPLY_STRING ||
        !number_parse_u64(reply_str(reply->element[0]), cursor)) {
        rc = unexpected(r, reply, e);
    }
    if (rc == RC_OK) {
        rc = each_item(r, reply->element[1], fn, arg, e);
    }
    freeReplyObject(reply);
    return rc;
}

enum rc
redis_ask_hash(struct redis *r, redis_pair_fn fn, void *arg, struct err *e)
{
    redisReply *reply;
    enum rc rc = ask(r, &reply, e);

    if (rc != RC_OK) {
        return rc;
    }
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements % 2 != 0) {
        rc = unexpected(r, reply, e);
    }
    for (size_t i = 0; rc == RC_OK && i < reply->elements; i += 2) {
        rc = fn(arg, reply_str(reply->element[i]),
                reply_str(reply->element[i + 1]), e);
    }
    freeReplyObject(reply);
    return rc;
}
