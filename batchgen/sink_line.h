/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sink_line - what stands on a line of `transform`, as its options say.
 */
#include "common/base/option.h"
#include "common/base/rc.h"

#include <stdbool.h>

#define SINK_PREDICTION "prediction" /* the member's name */

#define SINK_LINE_OPTION(X)                                                    \
    X(output_format, CHOICE, "csv", "csv|jsonl", 0, 0,                         \
      "cells on a line, or an object with the members id, input, prediction")  \
    X(format, CHOICE, "plain", "plain|sagemaker", 0, 0,                        \
      "how a CSV's outputs are printed: as short as float32 allows, or as "    \
      "SageMaker's container does")                                            \
    X(join, CHOICE, "none", "none|input", 0, 0,                                \
      "input: as --output-columns input,prediction")                           \
    X(output_columns, TEXT, "prediction", "id,input,prediction", 0, 0,         \
      "what stands on a line; the order is always this")

struct sink_line_how {
    const char *output_format, *format, *join, *output_columns;
    const char *content_type; /* of the input */
    bool leaves;
};
#define SINK_LINE_HOW(o, leaves)                                               \
    ((struct sink_line_how){(o)->output_format, (o)->format, (o)->join,        \
                            (o)->output_columns, (o)->content_type, (leaves)})

/* In this order: cells of a CSV, or members of an object. */
struct sink_line {
    bool id;
    bool input; /* the row as it was read */
    bool prediction;
    bool json;      /* a line is an object */
    bool cells;     /* rows are cells of a CSV as they are */
    bool objects;   /* rows are objects: one gets the prediction as a member */
    bool leaves;    /* outputs are whole numbers */
    bool sagemaker; /* outputs as its container prints them in a batch */
    char delimiter;
};

/* RC_INVAL: no such column, or options that do not go together. */
MUST_USE enum rc sink_line_init(struct sink_line *line,
                                const struct sink_line_how *how, struct err *e);
