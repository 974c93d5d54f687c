/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * resp_impl - what the files of the RESP commands share: resp_commands.c
 * (which word is what), resp_target.c (who is asked for), resp_get.c and
 * resp_many.c (asking), resp_answer.c, resp_session.c and resp_about.c (what
 * clients say and want to know); nobody else includes this.
 */
#include "lookup/api/resp_commands.h"
#include "lookup/api/resp_write.h"

/* Clients choose what to send by the version of the Redis they talk to. */
#define RESP_AS_REDIS "7.0.0"

#define RESP_BODY_MAX (8 * 1024 * 1024)

struct resp_commands {
    struct lookup *lookup;
    const char *default_table; /* or NULL */
    struct buf body;           /* scratch of STRLEN */
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

/* An error, and what HTTP would call it. */
struct resp_fault {
    int status;
    const char *text;
};

#define RESP_NO_MEMORY ((struct resp_fault){503, "out of memory"})
#define RESP_BAD_USER                                                          \
    ((struct resp_fault){RESP_BAD, "a user has 1 to 512 bytes"})

/* A user of a live table; view is NULL if there is none. */
struct resp_target {
    const struct table_view *view;
    struct str user;
};

/*
 * Of a table, the default one if table.p is NULL, or of a key. If there is
 * none, *fault says why. The user is a view, and may be of any length.
 */
struct resp_target resp_target_of(const struct resp_commands *r,
                                  struct str table, struct str user,
                                  struct resp_fault *fault);
struct resp_target resp_target_of_key(const struct resp_commands *r,
                                      struct str key, struct resp_fault *fault);

/* Answer with an error, and finish. */
void resp_fail(struct command *c, struct resp_fault fault);

/* The same before there was a query: n users are counted. */
void resp_fail_users(struct resp_commands *r, struct command *c,
                     const struct table_view *view, size_t n,
                     struct resp_fault fault);

/* The same of a code that is neither an answer nor an unknown user. */
void resp_fail_answer(struct command *c, enum answer_code code);

/* Append an answer as HTTP gives it. */
void resp_answer(struct buf *out, const char *table, struct str user, size_t k,
                 const struct answer *a);

/* resp_get.c, resp_many.c */
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
