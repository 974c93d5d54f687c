/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * command - one word of the command line: its options read, its help shown.
 */
#include "batchgen/stop.h"
#include "common/base/option.h"
#include "common/base/rc.h"

#include <stdint.h>

/* Runs with the words behind its name. */
typedef enum rc (*command_fn)(int argc, char **argv, struct stop *stop,
                              struct err *e);

/* One for each word; what the rc becomes as exit code is main.c's. */
enum rc command_score(int argc, char **argv, struct stop *stop, struct err *e);
enum rc command_transform(int argc, char **argv, struct stop *stop,
                          struct err *e);
enum rc command_features(int argc, char **argv, struct stop *stop,
                         struct err *e);
enum rc command_list(int argc, char **argv, struct stop *stop, struct err *e);
enum rc command_show(int argc, char **argv, struct stop *stop, struct err *e);
enum rc command_publish(int argc, char **argv, struct stop *stop,
                        struct err *e);
enum rc command_rollback(int argc, char **argv, struct stop *stop,
                         struct err *e);
enum rc command_gc(int argc, char **argv, struct stop *stop, struct err *e);
enum rc command_verify(int argc, char **argv, struct stop *stop, struct err *e);
enum rc command_diff(int argc, char **argv, struct stop *stop, struct err *e);
enum rc command_model(int argc, char **argv, struct stop *stop, struct err *e);
enum rc command_plan(int argc, char **argv, struct stop *stop, struct err *e);
enum rc command_drop(int argc, char **argv, struct stop *stop, struct err *e);

/* What a command's --help says above its options. */
struct command_text {
    const char *usage; /* "score --table T --model F --input PATH..." */
    const char *about; /* sentences, wrapped */
};

/*
 * Defaults, then flags. number: where the words go that are the numbers of
 * nnumber generations. *done: --help was asked for and answered.
 * option_free(set) in any case.
 */
MUST_USE enum rc command_options(const struct command_text *text,
                                 struct option_set *set, int argc, char **argv,
                                 uint64_t *number, int nnumber, bool *done,
                                 struct err *e);
