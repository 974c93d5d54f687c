/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/redis.h"

#include "batchgen/redis_wire.h"
#include "common/base/check.h"
#include "common/base/number.h"

#include <hiredis/hiredis.h>

/* The caller frees *out. */
static enum rc
ask(struct redis *r, redisReply **out, struct err *e)
{
    enum rc rc = redis_done(r, e);

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
