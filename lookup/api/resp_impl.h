/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * resp_impl - what the files of the RESP commands share: resp_commands.c
 * (which word is what), resp_lookup.c (asking), resp_session.c and
 * resp_about.c (what clients say and want to know); nobody else includes this.
 */
#include "lookup/api/resp_commands.h"
#include "lookup/api/resp_write.h"

/* Clients choose what to send by the version of the Redis they talk to. */
#define RESP_AS_REDIS "7.0.0"

#define RESP_BODY_MAX (8 * 1024 * 1024)

struct resp_commands {
    struct lookup *lookup;
    const char *default_table; /* or NULL */
    struct buf body;           /* scratch for one answer */
};

/* A command whose words were counted. */
typedef void (*resp_run_fn)(struct resp_commands *r, struct command *c,
                            const struct command_line *line);

struct resp_known {
    const char *name; /* in lower case */
    size_t min, max;  /* words, the name included */
    resp_run_fn run;
    bool has_keys;
    const char *summary;
};

/* All commands but those that write: n of them. */
const struct resp_known *resp_known(size_t *n);

/* NULL: not one of them. */
const struct resp_known *resp_find(struct str name);

/* c->finish() after an error. */
#define RESP_BAD 400

/* resp_lookup.c */
void resp_get(struct resp_commands *, struct command *,
              const struct command_line *);
void resp_strlen(struct resp_commands *, struct command *,
                 const struct command_line *);
void resp_many(struct resp_commands *, struct command *,
               const struct command_line *);

/* resp_session.c */
void resp_ping(struct resp_commands *, struct command *,
               const struct command_line *);
void resp_echo(struct resp_commands *, struct command *,
               const struct command_line *);
void resp_quit(struct resp_commands *, struct command *,
               const struct command_line *);
void resp_select(struct resp_commands *, struct command *,
                 const struct command_line *);
void resp_auth(struct resp_commands *, struct command *,
               const struct command_line *);
void resp_hello(struct resp_commands *, struct command *,
                const struct command_line *);
void resp_reset(struct resp_commands *, struct command *,
                const struct command_line *);
void resp_client(struct resp_commands *, struct command *,
                 const struct command_line *);

/* resp_about.c */
void resp_command(struct resp_commands *, struct command *,
                  const struct command_line *);
void resp_config(struct resp_commands *, struct command *,
                 const struct command_line *);
void resp_info(struct resp_commands *, struct command *,
               const struct command_line *);
void resp_dbsize(struct resp_commands *, struct command *,
                 const struct command_line *);
void resp_time(struct resp_commands *, struct command *,
               const struct command_line *);
