/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * manual - what --help says of a command beside its options.
 */
#include "batchgen/command.h"

#include <stdio.h>

/* The whole of --help: how it is called, what it does, options, exits, uses. */
void manual_print(const struct command_text *text, const struct option_set *set,
                  FILE *out);
