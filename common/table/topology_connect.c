/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/topology.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <sys/time.h>

static enum rc
unreachable(const struct topology *t, const char *why, struct err *e)
{
    char name[300];

    return err_set(e, RC_UNAVAIL,
                   "redis at %s: %s; is it running, and is --redis right?",
                   topology_name(t, name), why);
}

/* What Redis answered instead of OK, with what to do about it. */
static enum rc
answered(const struct topology *t, const char *text, struct err *e)
{
    static const struct {
        const char *starts, *advice;
        enum rc rc;
    } advice[] = {
        {"NOAUTH", "give the password in the URL or by --redis-password-file",
         RC_REFUSED},
        {"WRONGPASS", "check the user and password", RC_REFUSED},
        {"ERR AUTH", "check the user and password", RC_REFUSED},
        {"NOPERM", "check what this user may do (ACL)", RC_REFUSED},
        {"LOADING", "it is reading its data; try again when it is done",
         RC_UNAVAIL},
        {"ERR DB", "its setting `databases` has fewer; change the URL",
         RC_REFUSED},
        {"ERR SELECT", "a Redis cluster has database 0 only", RC_REFUSED},
        {"ERR max", "it has no connection left (maxclients)", RC_UNAVAIL},
        {"DENIED", "it is in protected mode; set a password or bind it",
         RC_REFUSED},
        {"MASTERDOWN", "it is a replica without its master", RC_UNAVAIL},
    };
    char name[300];
    const char *what = "is it a Redis?";
    enum rc rc = RC_UNAVAIL;

    for (size_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
        if (str_starts(str_of(text), str_of(advice[i].starts))) {
            what = advice[i].advice;
            rc = advice[i].rc;
        }
    }
    return err_set(e, rc, "redis at %s says '%s': %s", topology_name(t, name),
                   text, what);
}

static enum rc
command(const struct topology *t, redisContext *c, int argc, const char **argv,
        struct err *e)
{
    redisReply *r = redisCommandArgv(c, argc, argv, NULL);
    enum rc rc = RC_OK;

    if (r == NULL) {
        /* hiredis reports the time-out of a read as the errno it saw. */
        return unreachable(t,
                           c->err == REDIS_ERR_IO && errno == EAGAIN
                               ? "no answer in time"
                               : c->errstr,
                           e);
    }
    if (r->type == REDIS_REPLY_ERROR) {
        rc = answered(t, r->str, e);
    }
    freeReplyObject(r);
    return rc;
}

static enum rc
greet(const struct topology *t, redisContext *c, struct err *e)
{
    enum rc rc = RC_OK;
    char db[16];

    /* A user without a password may be a nopass user, not the default one. */
    if (t->user[0] != '\0') {
        rc =
            command(t, c, 3, (const char *[]){"AUTH", t->user, t->password}, e);
    } else if (t->password[0] != '\0') {
        rc = command(t, c, 2, (const char *[]){"AUTH", t->password}, e);
    }
    if (rc == RC_OK) {
        rc = command(t, c, 1, (const char *[]){"PING"}, e);
    }
    if (rc == RC_OK && t->db != 0) {
        snprintf(db, sizeof(db), "%u", t->db);
        rc = command(t, c, 2, (const char *[]){"SELECT", db}, e);
    }
    return rc;
}

enum rc
topology_connect(const struct topology *t, unsigned timeout_ms,
                 struct redisContext **out, struct err *e)
{
    struct timeval tv = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    redisContext *c = t->path[0] != '\0'
                          ? redisConnectUnixWithTimeout(t->path, tv)
                          : redisConnectWithTimeout(t->host, t->port, tv);

    if (c == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    enum rc rc = RC_OK;

    if (c->err != 0) {
        rc = unreachable(t, c->errstr, e);
    } else if (redisSetTimeout(c, tv) != REDIS_OK) {
        rc = unreachable(t, "cannot set a time-out", e);
    } else {
        rc = greet(t, c, e);
    }
    if (rc != RC_OK) {
        redisFree(c);
        return rc;
    }
    *out = c;
    return RC_OK;
}
