/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/command.h"
#include "batchgen/stop.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define VERSION "0.1"

static const struct {
    const char *name;
    command_fn run;
    const char *help;
} commands[] = {
    {"score", command_score, "score a batch and publish it"},
    {"transform", command_transform, "score files into files"},
    {"features", command_features, "store feature rows, for live scoring"},
    {"list", command_list, "tables and their generations"},
    {"show", command_show, "what a generation says of itself"},
    {"publish", command_publish, "make a ready generation live"},
    {"rollback", command_rollback, "go back to the previous generation"},
    {"gc", command_gc, "remove generations nobody wants any more"},
    {"verify", command_verify, "check a generation against what it says"},
    {"diff", command_diff, "what changed from one generation to another"},
    {"plan", command_plan, "what to precompute, and what a day of it costs"},
    {"model", command_model, "what a model file is, and how it is scored"},
    {"drop", command_drop, "remove a whole table"},
};

#define NCOMMAND (sizeof(commands) / sizeof(commands[0]))

/* The contract of the command line. */
static const int exit_code[] = {
    [RC_OK] = 0,        [RC_INVAL] = 2,    [RC_REFUSED] = 3, [RC_GUARD] = 4,
    [RC_NOT_FOUND] = 1, [RC_CONFLICT] = 1, [RC_UNAVAIL] = 5, [RC_TIMEOUT] = 5,
    [RC_FULL] = 1,      [RC_IO] = 1,       [RC_NOMEM] = 1,   [RC_FAILED] = 1,
};

static void
usage(FILE *out)
{
    fprintf(out, "Usage: batchgen COMMAND [options]\n\n");
    for (size_t i = 0; i < NCOMMAND; i++) {
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].help);
    }
    fprintf(out, "\nbatchgen COMMAND --help lists a command's options.\n");
}

/* What was printed may have got nowhere: a full disk, a closed pipe. */
static int
end_output(void)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0) {
        return 0;
    }
    fprintf(stderr,
            "batchgen: the work is done, but its result cannot be written to "
            "standard output: %s\n",
            strerror(errno));
    return exit_code[RC_IO];
}

static int
run(command_fn command, int argc, char **argv)
{
    struct stop stop = {0};
    struct err e = {""};
    enum rc rc = command(argc, argv, &stop, &e);

    if (rc == RC_OK) {
        return end_output();
    }
    fprintf(stderr, "batchgen: %s\n", e.text);
    return stop_signal(&stop) > 0 ? 128 + stop_signal(&stop) : exit_code[rc];
}

int
main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";

    /* Both come back as errors of the write. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (strcmp(word, "--version") == 0) {
        printf("batchgen %s\n", VERSION);
        return 0;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "help") == 0) {
        usage(stdout);
        return 0;
    }
    for (size_t i = 0; i < NCOMMAND; i++) {
        if (strcmp(word, commands[i].name) == 0) {
            return run(commands[i].run, argc - 2, argv + 2);
        }
    }
    if (word[0] != '\0') {
        fprintf(stderr, "batchgen: there is no command '%s'\n\n", word);
    }
    usage(stderr);
    return exit_code[RC_INVAL];
}
