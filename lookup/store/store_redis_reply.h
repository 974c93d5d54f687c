/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store_redis_reply - the last reply that a hiredis reader has read, in place:
 * hiredis itself allocates each of them and frees it again.
 */
#include "common/base/buf.h"
#include "lookup/store/store.h"

#include <hiredis/hiredis.h>

struct redis_reply {
    uint32_t magic;
    bool is_status;           /* "+OK": no value, but no error either */
    struct store_reply value; /* RC_UNAVAIL: no string, integer or nil */
    redisReplyObjectFunctions fn;
    struct buf bytes; /* the value's */
};

void redis_reply_init(struct redis_reply *r);
void redis_reply_fini(struct redis_reply *r);

/* From now on the replies of that reader are read into r, which stays. */
void redis_reply_attach(struct redis_reply *r, redisReader *reader);
