/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * transform - the parts of `batchgen transform`: what the options ask for and
 * the rows they find (transform_input.c), which files come of them
 * (transform_output.c), and the order of it all (transform.c).
 */
#include "batchgen/intake.h"
#include "batchgen/progress.h"
#include "batchgen/rejected.h"
#include "batchgen/report.h"
#include "batchgen/scoring.h"
#include "batchgen/sink_file.h"
#include "batchgen/stop.h"

#define TRANSFORM_OPTION(X)                                                    \
    SCORING_OPTION(X)                                                          \
    INTAKE_OPTION(X)                                                           \
    X(output, TEXT, NULL, "DIR", 0, 0,                                         \
      "where NAME.out is written for each input NAME")                         \
    X(predict, CHOICE, "value", "value|margin|leaf", 0, 0,                     \
      "what the objective predicts, untransformed sums, or leaf ids")          \
    SINK_LINE_OPTION(X)                                                        \
    X(on_bad_row, CHOICE, "fail", "fail|skip|placeholder", 0, 0,               \
      "fail names the first one; placeholder: its outputs are nan")            \
    X(rejected, TEXT, NULL, "FILE", 0, 0,                                      \
      "where rejected rows go (else DIR/rejected.csv, if there are any)")      \
    X(max_rejected, TEXT, NULL, "N|N%", 0, 0,                                  \
      "a file with more bad rows fails (else 0; 100% with --on-bad-row skip "  \
      "and placeholder)")                                                      \
    X(resume, FLAG, NULL, "", 0, 0, "leave out inputs whose output is there")  \
    X(threads, UINT, "0", "", 0, 256, "that score; 0: one per core")           \
    X(json, FLAG, NULL, "", 0, 0, "print the result as JSON")                  \
    X(help, FLAG, NULL, "", 0, 0, "print this and exit")

struct transform_options {
    TRANSFORM_OPTION(OPTION_FIELD)
};

struct transform {
    const struct transform_options *o;
    struct stop *stop;
    struct scoring scoring;
    struct intake intake;
    struct sink_file sink;
    struct rejected *rejected;
    char *rejected_path;
    struct progress progress;
    struct report report;
};

/* What of the command line can be judged by itself. */
MUST_USE enum rc transform_check(struct transform *t, struct err *e);

/* Load the model and make it ready to score with. */
MUST_USE enum rc transform_model(struct transform *t, struct err *e);

/* Find the inputs and match their columns with the model's features. */
MUST_USE enum rc transform_input(struct transform *t, struct err *e);

/* Which file each input becomes, and with --resume which are there already. */
MUST_USE enum rc transform_outputs(struct transform *t, struct err *e);

/* Make the folder; from here on signals only ask for a stop. */
MUST_USE enum rc transform_open(struct transform *t, struct err *e);
