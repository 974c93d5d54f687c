/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * topology - where Redis is. A standalone Redis is a cluster of one node, so
 * a key's node is asked for, and it is always the same for now.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define ADDRESS_MAX 64 /* of a numeric one, its NUL included */

struct redisContext;

struct topology {
    char host[256]; /* "" for a unix socket */
    uint16_t port;
    char path[108]; /* "" for TCP */
    char user[128]; /* "" for none */
    char password[512];
    unsigned db;
};

/*
 * redis://[user:pass@]host:port[/db], redis://[user:pass@]host, unix:/path,
 * unix:/path?db=N; user and password percent-decoded. rediss://, cluster and
 * sentinel URLs are refused with a line that says so. RC_INVAL.
 */
MUST_USE enum rc topology_parse(struct topology *t, struct str url,
                                struct err *e);

/*
 * Read the first line of path, without blanks around it, into t->password.
 * RC_INVAL.
 */
MUST_USE enum rc topology_password_file(struct topology *t, const char *path,
                                        struct err *e);

/* Must a name server be asked for its address? */
bool topology_is_named(const struct topology *t);

/* "127.0.0.1:6379" or the socket's path, without secrets; for messages. */
const char *topology_name(const struct topology *t, char out[300]);

/*
 * A connected, authenticated, selected blocking context; every wait but that
 * for a name server is bounded by timeout_ms (1 or more). RC_UNAVAIL: not
 * there, or loading; RC_REFUSED: it is there, and will not have us however
 * long we wait (password, user, database). The message says what to do. The
 * caller redisFrees it.
 */
MUST_USE enum rc topology_connect(const struct topology *t, unsigned timeout_ms,
                                  struct redisContext **out, struct err *e);
