/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * progress_line - what a person reads of a run that goes on.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_LINE_MAX 256

struct progress_view {
    const char *phase; /* "score", "write" ... */
    double seconds;    /* that it has taken */
    uint64_t rows;     /* that went through it */
    uint64_t done;     /* of `size`, whatever the unit */
    uint64_t size;     /* 0: not known */
    uint64_t rejected;
    const char *busiest; /* who keeps the others waiting; NULL: not known */
};

/*
 * Write it to out: with a bar for a terminal, in words elsewhere; no end of
 * line. Time left is told once a tenth of a second's work has been seen.
 */
void progress_line(const struct progress_view *v, bool bar,
                   char out[PROGRESS_LINE_MAX]);
