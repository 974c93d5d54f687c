/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * decode - gzip and zstd as they come in, in memory that does not depend on
 * what they unpack to. Members and frames may follow each other.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct decode;

/* Bytes that tell one from the other. */
#define DECODE_MAGIC 4

/*
 * By the first bytes (DECODE_MAGIC of them, or all there are): *out is NULL
 * when they are neither gzip nor zstd, and are to be taken as they are.
 * RC_NOMEM.
 */
MUST_USE enum rc decode_create(struct decode **out, struct str first);

/* Frees and nulls; NULL is fine. */
void decode_destroy(struct decode **d);

/*
 * Take bytes off *in, give at most cap of what they unpack to; *got may be 0
 * when more are needed. RC_REFUSED: the bytes are damaged.
 */
MUST_USE enum rc decode_some(struct decode *d, struct str *in, char *out,
                             size_t cap, size_t *got);

/* The input may end here: nothing was begun and not finished. */
bool decode_whole(const struct decode *d);
