/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * source_bytes - what is in an open source, unpacked, from its beginning. For
 * source.c only, which knows of headers.
 */
#include "batchgen/source.h"

#define SOURCE_READ_SIZE (64 << 10)

/* RC_IO: the path and what errno says. */
enum rc source_io_error(const struct source *s, struct err *e);

/* Look at the first bytes of what was just opened: is it packed? */
MUST_USE enum rc source_sniff(struct source *s, struct err *e);

/*
 * The next bytes, n at most; *got = 0 at the end or after a stop (NULL while
 * nothing is begun: then a stream is waited for, however long).
 */
MUST_USE enum rc source_take(struct source *s, char *p, size_t n, size_t *got,
                             const struct stop *stop, struct err *e);
