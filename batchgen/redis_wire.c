/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/redis_wire.h"

#include "batchgen/redis_error.h"
#include "common/base/check.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define WAIT_MS   30000
#define RECV_SIZE (16 << 10)

static enum rc
lost(struct redis *r, const char *why, struct err *e)
{
    r->lost = true;
    return err_set(e, RC_UNAVAIL,
                   "the connection to Redis at %s was lost (%s): run again "
                   "when it is back",
                   r->name, why);
}

static enum rc
send_some(struct redis *r, struct err *e)
{
    ssize_t n = send(r->context->fd, r->out.p + r->sent, redis_unsent(r),
                     MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n < 0) {
        return errno == EAGAIN || errno == EINTR ? RC_OK
                                                 : lost(r, strerror(errno), e);
    }
    r->sent += (size_t)n;
    if (r->sent == r->out.len) {
        buf_clear(&r->out);
        r->sent = 0;
    }
    return RC_OK;
}

static enum rc
recv_some(struct redis *r, struct err *e)
{
    char bytes[RECV_SIZE];
    ssize_t n = recv(r->context->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

    if (n < 0) {
        return errno == EAGAIN || errno == EINTR ? RC_OK
                                                 : lost(r, strerror(errno), e);
    }
    if (n == 0) {
        return lost(r, "closed by the server", e);
    }
    if (redisReaderFeed(r->context->reader, bytes, (size_t)n) != REDIS_OK) {
        return lost(r, r->context->reader->errstr, e);
    }
    return RC_OK;
}

enum rc
redis_turn(struct redis *r, struct err *e)
{
    struct pollfd p = {.fd = r->context->fd, .events = POLLIN};
    int n;

    if (redis_unsent(r) > 0) {
        p.events |= POLLOUT;
    }
    n = poll(&p, 1, WAIT_MS);
    if (n == 0) {
        return lost(r, "no answer for 30 s", e);
    }
    if (n < 0) {
        return errno == EINTR ? RC_OK : lost(r, strerror(errno), e);
    }
    /* Reading first: who closed on us may have said why. */
    if ((p.revents & ~POLLOUT) != 0) {
        return recv_some(r, e);
    }
    return send_some(r, e);
}

enum rc
redis_take(struct redis *r, redisReply **out, struct err *e)
{
    void *reply = NULL;
    enum rc rc = RC_OK;

    *out = NULL;
    if (redisReaderGetReply(r->context->reader, &reply) != REDIS_OK) {
        return lost(r, r->context->reader->errstr, e);
    }
    if (reply == NULL) {
        return RC_OK;
    }
    CHECK(r->pending > 0);
    r->pending--;
    *out = reply;
    if ((*out)->type == REDIS_REPLY_ERROR) {
        rc = redis_error((struct str){(*out)->str, (size_t)(*out)->len},
                         r->name, e);
        freeReplyObject(*out);
        *out = NULL;
    }
    return rc;
}
