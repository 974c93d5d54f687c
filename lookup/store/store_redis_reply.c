/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis_reply.h"

#include "common/base/check.h"

/* hiredis is told r for an object: NULL would mean that memory ran out. */
#define REPLY_MAGIC 0x7265706cu
#define REPLY_MAX   (512u << 20) /* Redis' own limit on a string */

static struct redis_reply *
reply_check(void *arg)
{
    struct redis_reply *r = arg;

    CHECK(r != NULL && r->magic == REPLY_MAGIC);
    return r;
}

/* What is within a list is passed over. */
static void *
take(const redisReadTask *task, struct store_reply value)
{
    struct redis_reply *r = reply_check(task->privdata);

    if (task->parent == NULL) {
        r->is_status = task->type == REDIS_REPLY_STATUS;
        r->value = value;
    }
    return r;
}

/* A copy: the reader moves its bytes before it says that a reply is there. */
static void *
take_string(const redisReadTask *task, char *p, size_t len)
{
    struct redis_reply *r = reply_check(task->privdata);

    if (task->parent != NULL || task->type != REDIS_REPLY_STRING) {
        return take(task, (struct store_reply){.rc = RC_UNAVAIL});
    }
    buf_clear(&r->bytes);
    buf_put(&r->bytes, p, len);
    if (buf_failed(&r->bytes)) {
        return NULL;
    }
    return take(task, (struct store_reply){.rc = RC_OK,
                                           .kind = STORE_BYTES,
                                           .bytes = buf_view(&r->bytes)});
}

static void *
take_list(const redisReadTask *task, int n)
{
    (void)n;
    return take(task, (struct store_reply){.rc = RC_UNAVAIL});
}

static void *
take_integer(const redisReadTask *task, long long n)
{
    return take(task, (struct store_reply){
                          .rc = RC_OK, .kind = STORE_INTEGER, .integer = n});
}

static void *
take_nil(const redisReadTask *task)
{
    return take(task, (struct store_reply){.rc = RC_OK, .kind = STORE_NIL});
}

static void
free_nothing(void *object)
{
    (void)reply_check(object);
}

void
redis_reply_init(struct redis_reply *r)
{
    *r = (struct redis_reply){
        .magic = REPLY_MAGIC,
        .fn = {take_string, take_list, take_integer, take_nil, free_nothing},
    };
    buf_init(&r->bytes, REPLY_MAX);
}

void
redis_reply_fini(struct redis_reply *r)
{
    buf_fini(&r->bytes);
}

void
redis_reply_attach(struct redis_reply *r, redisReader *reader)
{
    reader->fn = &r->fn;
    reader->privdata = r;
}
