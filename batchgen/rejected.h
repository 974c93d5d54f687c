/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rejected - the file of rows that were not taken: which, why, and the row
 * itself, so that it can be repaired and given again (README.md).
 */
#include "batchgen/chunk.h"
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct rejected_limit {
    bool percent;
    double most; /* rows, or percent of the rows read */
};

/* "5", "1%", "0.5%". RC_INVAL. */
MUST_USE enum rc rejected_limit_parse(struct rejected_limit *l,
                                      const char *text, struct err *e);

/* RC_REFUSED: too many. path: the file they are in. */
MUST_USE enum rc rejected_limit_check(const struct rejected_limit *l,
                                      uint64_t rejected, uint64_t read,
                                      const char *path, struct err *e);

/* Append one line of the file to out; any thread. */
void rejected_format(struct buf *out, const char *path, uint64_t line,
                     uint64_t offset, const char *reason, struct str row);

struct rejected;

/* Nothing is written until the first row comes. NULL when out of memory. */
struct rejected *rejected_create(const char *path);

/* The lines of a chunk; the header of its file first. RC_IO. */
MUST_USE enum rc rejected_add(struct rejected *r, const struct chunk *c,
                              struct err *e);

/* RC_IO: the file is not whole. */
MUST_USE enum rc rejected_finish(struct rejected *r, struct err *e);

/* Frees and nulls; NULL is fine. */
void rejected_destroy(struct rejected **r);
