/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * csv - cells of one record, and the names in a header (RFC 4180). This is the
 * careful way, for headers and for rows with quotes in them; row has the fast
 * one for the others.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Take the next cell off *rest; as with str_cut, rest->p is NULL after the
 * last. A cell that opens with a quote loses its quotes; where doubled ones
 * had to be undone it lies in *scratch, which moves on behind it (a record
 * never needs more scratch than its own length). False: the quote is not
 * closed, or text follows it.
 */
bool csv_next(struct str *rest, char delimiter, char **scratch,
              struct str *cell);

/* Cells of a record; a broken quote ends the count. */
size_t csv_count(struct str line, char delimiter);

/* line without the CR that a CRLF leaves at its end. */
struct str csv_strip_cr(struct str line);

struct csv_header;

/*
 * Copy the names of a header line (a byte order mark before it is dropped).
 * RC_REFUSED: a broken quote, an empty name, a name that is there twice.
 */
MUST_USE enum rc csv_header_create(struct csv_header **out, struct str line,
                                   char delimiter, struct err *e);

/* Frees and nulls; NULL is fine. */
void csv_header_destroy(struct csv_header **h);

/* Columns, the ids' among them. */
size_t csv_header_size(const struct csv_header *h);

/* Name i, NUL terminated as well; valid as long as h. */
struct str csv_header_name(const struct csv_header *h, size_t i);

/* Index of a name, or -1. */
ptrdiff_t csv_header_find(const struct csv_header *h, struct str name);
