/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * resp_commands - what RESP commands mean here (the contract is
 * lookup/README.md): GET and its kin ask the ladder, the others are what
 * clients say when they connect. One per worker.
 */
#include "lookup/api/command.h"
#include "lookup/core/lookup.h"

struct resp_commands;

/*
 * lookup is not owned. default_table: of keys without a ":"; NULL: the only
 * table there is. NULL when out of memory.
 */
struct resp_commands *resp_commands_create(struct lookup *lookup,
                                           const char *default_table);
void resp_commands_destroy(struct resp_commands **r);

/* A command_handler_fn; arg is the struct resp_commands. */
void resp_commands_handle(void *arg, struct command *c,
                          const struct command_line *line);
