/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * option_value - the value of one option, as text and in its struct. For the
 * other option*.c only.
 */
#include "common/base/buf.h"
#include "common/base/option.h"

/* Longest text of a number, its unit included. */
#define OPTION_NUMBER_MAX 32

/*
 * Read value into def's field. A LIST is appended to if `append` says so.
 * label is how errors call the option ("--threads", "job.conf:12: threads").
 */
MUST_USE enum rc option_store(const struct option_def *def, void *into,
                              struct str value, bool append, const char *label,
                              struct err *e);

/* Set the field, whatever bytes it holds, to zero, empty or off. */
void option_zero(const struct option_def *def, void *into);

/* The same, freeing what the field owned. */
void option_reset(const struct option_def *def, void *into);

/* A UINT, SIZE or DURATION in its largest whole unit: "64MiB", "10m". */
void option_format_number(enum option_type type, uint64_t v,
                          char out[OPTION_NUMBER_MAX]);

/* Read one of those into its field; it must be within the def's bounds. */
MUST_USE enum rc option_store_number(const struct option_def *def, void *field,
                                     struct str value, const char *label,
                                     struct err *e);
