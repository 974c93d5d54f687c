/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * session - a command's way to its table: options in, open connection out.
 */
#include "batchgen/table.h"
#include "common/base/option.h"
#include "common/table/topology.h"

/* The options of every command. */
#define SESSION_OPTION(X)                                                      \
    X(table, TEXT, NULL, "T", 0, 0, "the table")                               \
    X(redis, TEXT, NULL, "URL", 0, 0,                                          \
      "where Redis is: redis://[user:pass@]host[:port][/db] or unix:/path "    \
      "(else $LOOKUP_REDIS_URL, else redis://127.0.0.1:6379)")                 \
    X(redis_password_file, TEXT, NULL, "FILE", 0, 0,                           \
      "file whose first line is the password")                                 \
    X(prefix, TEXT, "lookup", "P", 0, 0, "first part of every key")            \
    X(json, FLAG, NULL, "", 0, 0, "print the result as JSON")                  \
    X(help, FLAG, NULL, "", 0, 0, "print this and exit")

/* Those of them that say where to go, and how to get them from a struct. */
struct session_where {
    const char *table;
    const char *redis;
    const char *redis_password_file;
    const char *prefix;
};
#define SESSION_WHERE(o)                                                       \
    ((struct session_where){(o)->table, (o)->redis, (o)->redis_password_file,  \
                            (o)->prefix})

struct session {
    struct topology topology;
    struct table table;
};

/*
 * Connect. The texts must outlive the session. RC_INVAL: no or bad names;
 * a command for all tables passes table_needed = false and may get a table
 * without a name. session_fini in any case.
 */
MUST_USE enum rc session_init(struct session *s,
                              const struct session_where *where,
                              bool table_needed, struct err *e);
void session_fini(struct session *s);
