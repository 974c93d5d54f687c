/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * manage - the commands that move or remove what is there, and what they have
 * in common: options, a connected table, one line of JSON.
 */
#include "batchgen/command.h"
#include "batchgen/retry.h"
#include "batchgen/session.h"
#include "batchgen/warm.h"

#include <stdbool.h>
#include <stdint.h>

#define FORCE_OPTION(X, what) X(force, FLAG, NULL, "", 0, 0, what)
#define WAIT_OPTION(X)                                                         \
    X(wait, FLAG, NULL, "", 0, 0, "wait for another run on this table")

/* Of all of them; a command sets those it has a def for. */
struct manage_options {
    FORCE_OPTION(OPTION_FIELD, "")
    WAIT_OPTION(OPTION_FIELD)
    WARM_OPTION(OPTION_FIELD)
    RETRY_OPTION(OPTION_FIELD)
    SESSION_OPTION(OPTION_FIELD)
};

/*
 * What a command does once it is connected; prints its result. gen: the
 * number it was given, else 0.
 */
typedef enum rc (*manage_fn)(const struct table *t,
                             const struct manage_options *o, uint64_t gen,
                             struct stop *stop, struct err *e);

struct managed {
    struct command_text text;
    const struct option_def *def; /* of struct manage_options */
    size_t ndef;
    bool with_number; /* a generation is named by number */
    manage_fn fn;
};

/* Read the options, answer --help or connect and call fn. */
MUST_USE enum rc manage(const struct managed *m, int argc, char **argv,
                        struct stop *stop, struct err *e);

/* To stdout: {"table":"T","what":n}. */
void manage_print_json(const struct table *t, const char *what, uint64_t n);
