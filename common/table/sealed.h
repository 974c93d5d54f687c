/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sealed - a file of a few parts that is there whole or not at all, and says
 * so of each byte. It is for the machine that wrote it: numbers lie in its
 * byte order.
 *
 *   8 bytes  "lkupfile"
 *   u32      kind, what the parts are and in which format
 *   u32      n, the number of parts
 *   n x      u64 offset, u64 length, u64 XXH64 of the part
 *   u64      XXH64 of all before
 *   parts    each at a multiple of 64, zeros between
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stddef.h>
#include <stdint.h>

#define SEALED_PARTS_MAX 16

/* What a name ends in while the file is being written. */
#define SEALED_TEMPORARY ".tmp"

struct sealed;

/*
 * Write a file of n parts: to a temporary name beside path (path, a random
 * word, SEALED_TEMPORARY), locked while it is written, readable by the owner
 * only, then synced and renamed. What was at path is there until the new one
 * is complete. RC_IO: nothing is left of it; the message names the path.
 */
MUST_USE enum rc sealed_write(const char *path, uint32_t kind,
                              const struct str *part, size_t n, struct err *e);

/*
 * Read a file of that kind and number of parts into memory, and check it.
 * What becomes of the file afterwards does not matter. RC_NOT_FOUND: there is
 * none. RC_INVAL: it is damaged, or of another kind. RC_IO. RC_NOMEM: no
 * memory or no descriptor left, which says nothing of the file.
 */
MUST_USE enum rc sealed_open(struct sealed **out, const char *path,
                             uint32_t kind, size_t n, struct err *e);

/* Part i, valid as long as s; it begins at a multiple of 64 bytes. */
struct str sealed_part(const struct sealed *s, size_t i);

/* Frees and nulls; NULL is fine. */
void sealed_close(struct sealed **s);

/*
 * What sealed_open() does with a file's bytes: part[n] become views of them.
 * RC_INVAL: why not.
 */
MUST_USE enum rc sealed_parse(struct str file, uint32_t kind, struct str *part,
                              size_t n, struct err *e);

/*
 * Remove a file that was left half written, path ending in SEALED_TEMPORARY,
 * unless somebody is still at it.
 */
void sealed_clear(const char *path);
