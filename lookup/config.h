/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * config - the server's options: flags, a file and the environment become one
 * struct. The table below is also --help and the documentation.
 */
#include "common/base/option.h"
#include "common/table/topology.h"
#include "lookup/api/sagemaker.h"

#define THREADS_MAX 256 /* workers, and scoring threads */

/* clang-format off */
/*    name                 type      default           unit   min  max  help */
#define SERVE_OPTION(X)                                                        \
    X(redis,               TEXT,     NULL,             "URL", 0,   0,          \
      "redis://[user:pass@]host:port[/db] or unix:/path; default: "            \
      "$LOOKUP_REDIS_URL, else redis://127.0.0.1:6379")                        \
    X(redis_password_file, TEXT,     NULL,             "FILE", 0,  0,          \
      "file whose first line is the password")                                 \
    X(prefix,              TEXT,     "lookup",         "",    0,   0,          \
      "what every key in Redis begins with")                                   \
    X(model,               TEXT,     NULL,             "FILE", 0,  0,          \
      "a model and no Redis: scores live only")                                \
    X(table,               TEXT,     NULL,             "TABLE", 0, 0,          \
      "what the table of --model is called; default: model")                   \
    X(listen,              TEXT,     "127.0.0.1:8080", "ADDR:PORT", 0, 0,      \
      "where HTTP is served")                                                  \
    X(resp,                TEXT,     "127.0.0.1:6380", "ADDR:PORT", 0, 0,      \
      "where RESP is served; off: nowhere")                                    \
    X(default_table,       TEXT,     NULL,             "TABLE", 0, 0,          \
      "table of requests that name none; default: the only one there is")     \
    X(admin,               TEXT,     "127.0.0.1:8081", "ADDR:PORT", 0, 0,      \
      "where metrics and health are served; off: nowhere")                     \
    X(threads,             UINT,     "0",              "",    0,   256,        \
      "worker threads; 0: one per core")                                       \
    X(scoring_threads,     UINT,     "0",              "",    0,   256,        \
      "threads for rows of over 0.2 ms; 0: one per two cores")                 \
    X(on_unknown,          CHOICE,   "404",            "404|default", 0, 0,    \
      "answer for a user of whom nothing is known")                            \
    X(on_failure,          CHOICE,   "503",            "503|default", 0, 0,    \
      "answer when the store is silent")                                       \
    X(timeout_ms,          UINT,     "50",             "ms",  1,   5000,       \
      "deadline of a request that names none")                                 \
    X(max_age,             DURATION, NULL,             "s",   0,   0,          \
      "an older generation's answers say stale; 0: no limit")                  \
    X(snapshot,            CHOICE,   "auto",           "auto|on|off", 0, 0,    \
      "hold all records in memory; auto: if they fit snapshot-memory")      \
    X(snapshot_memory,     SIZE,     "1GiB",           "",    0,   0,          \
      "memory for snapshots of all tables together")                           \
    X(snapshot_dir,        TEXT,     NULL,             "DIR", 0,   0,          \
      "keep snapshots there: a start reads them, with or without Redis")       \
    X(snapshot_features,   FLAG,     NULL,             "",    0,   0,          \
      "hold feature rows in memory as well, if they fit snapshot-memory")      \
    X(max_connections,     UINT,     "20000",          "",    1,   1000000,    \
      "open connections, over all threads")                                    \
    X(max_pipelined,       UINT,     "128",            "",    1,   65536,      \
      "unanswered requests on one connection")                                 \
    X(max_head,            SIZE,     "16KiB",          "",    1024, 1048576,   \
      "a request's line and headers")                                          \
    X(max_url,             SIZE,     "8KiB",           "",    256, 1048576,    \
      "a request's target")                                                    \
    X(max_body,            SIZE,     "1MiB",           "",    1024, 67108864,  \
      "a request's body")                                                      \
    X(max_payload,         SIZE,     "0",              "",    0,   67108864,   \
      "the body of an invocation; 0: $MAX_CONTENT_LENGTH, else 6MiB")          \
    X(idle_timeout,        DURATION, "60s",            "s",   1000000,         \
      86400000000000, "close a connection without requests after")             \
    X(head_timeout,        DURATION, "10s",            "s",   1000000,         \
      86400000000000, "a request's head must arrive within")                   \
    X(body_timeout,        DURATION, "30s",            "s",   1000000,         \
      86400000000000, "a request's body must arrive within")                   \
    X(drain_timeout,       DURATION, "10s",            "s",   1000000,         \
      86400000000000, "open requests may take this long after SIGTERM")        \
    X(log_level,           CHOICE,   "info",                                   \
      "debug|info|warn|error", 0, 0, "least level that is logged")
/* clang-format on */

struct serve_options {
    SERVE_OPTION(OPTION_FIELD)
};

/* What the command line asks for besides serving. */
enum config_action {
    CONFIG_SERVE,
    CONFIG_HELP,
    CONFIG_VERSION,
    CONFIG_CHECK,
    CONFIG_PRINT,
};

struct config {
    struct serve_options options;
    struct option_set set;
    struct topology topology; /* of options.redis; none with a model */
    struct sagemaker_settings sagemaker;
    const char *file; /* --config, or NULL; a view of argv */
    enum config_action action;
};

/*
 * Read argv, the file it names and the environment; check what can be checked
 * without opening anything; of who asks for help or the version, nothing else
 * is read. RC_INVAL: a message for the user. config_free() in any case.
 */
MUST_USE enum rc config_read(struct config *c, int argc, char **argv,
                             struct err *e);

/* Memory that snapshots may take; 0: none are wanted. */
size_t config_snapshot_bytes(const struct config *c);

/* Puts what this machine has in the place of zero threads. */
void config_choose_threads(struct config *c);

/* What is logged from now on. */
void config_apply_log_level(const struct config *c);

void config_free(struct config *c);

/* --help on out. */
void config_help(FILE *out);
