/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * command - one RESP command and its answer, as those who know its meaning
 * see them. net parses and keeps the order of answers.
 *
 * A handler is called once per command and finishes it exactly once, before it
 * returns or later from the same thread. The line and the session are valid
 * until the handler returns. If the client goes away meanwhile, the answer is
 * dropped.
 */
#include "common/base/buf.h"
#include "lookup/core/dialect.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMMAND_STATE    64 /* bytes a handler may keep per command */
#define SESSION_NAME_MAX 64

/* One connection. */
struct session {
    uint64_t id;  /* within its worker */
    bool resp3;   /* what it said HELLO to */
    bool is_over; /* set: close once this command is answered */
    char name[SESSION_NAME_MAX + 1];
};

struct command_line {
    const struct str *arg; /* narg of them; [0] is the command's name */
    size_t narg;           /* at least 1 */
    struct session *session;
    uint64_t arrived_ns; /* clock_mono_ns() when it was read */
};

struct command {
    /* Where to append the answer, in one go. */
    struct buf *(*answer)(struct command *c);
    /* It is answered; status is what HTTP would call it, for the counters. */
    void (*finish)(struct command *c, int status);
    struct about about; /* the handler's to set before it finishes, or zeros */
    bool resp3;         /* the session's when it was asked */
    _Alignas(16) char state[COMMAND_STATE];
};

typedef void (*command_handler_fn)(void *arg, struct command *c,
                                   const struct command_line *line);
