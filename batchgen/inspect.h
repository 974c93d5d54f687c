/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * inspect - what the commands that only look share (list, show).
 */
#include "batchgen/command.h"
#include "batchgen/session.h"
#include "common/table/manifest.h"

/* Longest text that is made before it is printed. */
#define INSPECT_MAX ((size_t)64 << 20)

struct inspect_options {
    SESSION_OPTION(OPTION_FIELD)
};

/* Look at the table, or at all of them where it has no name. */
typedef enum rc (*inspect_fn)(const struct table *t,
                              const struct inspect_options *o, uint64_t gen,
                              struct err *e);

/* Read the command line, connect, call fn. one: it asks for generation N. */
MUST_USE enum rc inspect(const struct command_text *text, inspect_fn fn,
                         bool one, int argc, char **argv, struct err *e);

/* "live", "previous", "bad", "ready", "appending" or "writing". */
const char *inspect_state(const struct manifest *m, uint64_t gen,
                          const struct generation_info *g);
