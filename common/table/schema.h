/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * schema - the names of a model's features, in order. Immutable.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stddef.h>

#define SCHEMA_ID_SIZE 17

struct schema;

/*
 * Copies the names. RC_INVAL when n is 0, a name is empty, has a NUL, is not
 * UTF-8 or is repeated (named in e).
 */
MUST_USE enum rc schema_create(struct schema **out, const struct str *name,
                               size_t n, struct err *e);

/* From a JSON list of names, as the generation's hash holds it. RC_INVAL. */
MUST_USE enum rc schema_from_json(struct schema **out, struct str json,
                                  struct err *e);

/* Frees and nulls; NULL is fine. */
void schema_destroy(struct schema **s);

/* Names, at least 1. */
size_t schema_size(const struct schema *s);

/* Name i, NUL terminated as well; valid as long as s. */
struct str schema_name(const struct schema *s, size_t i);

/* Index of a name, or -1. Constant time. */
ptrdiff_t schema_find(const struct schema *s, struct str name);

/*
 * First 16 hex digits of SHA-256 over the names in order, each preceded by
 * its length as little-endian u32 (common/README.md). NUL terminated.
 */
const char *schema_id(const struct schema *s);

/* Append the names as a JSON list. */
void schema_to_json(const struct schema *s, struct buf *out);
