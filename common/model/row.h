/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * row - one line of CSV becomes a user id and a row of floats in the model's
 * order. The plan is made once from the header; parsing a row allocates
 * nothing and may run on any thread.
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/table/schema.h"

#include <stddef.h>

struct row_plan;

/* Why a row was rejected. */
enum row_fault {
    ROW_OK,
    ROW_RAGGED,  /* more or fewer cells than the header */
    ROW_TEXT,    /* a cell is not a number */
    ROW_INF,     /* a cell is infinite or too large for float32 */
    ROW_NO_ID,   /* the id is empty */
    ROW_LONG_ID, /* the id is over 512 bytes */
    ROW_QUOTE,   /* a quoted cell is not closed, or has text behind it */
};

/* Where in the row, for the message. */
struct row_where {
    size_t column; /* from 0, as in the file */
    struct str cell;
};

/*
 * Match the header's cells by name to the schema. id_column: a name, or a
 * number from 0 when no column has that name; NULL: the first of "user_id",
 * "id" that exists. RC_REFUSED names every missing feature and every unknown
 * column. `header` is one line without its end.
 */
MUST_USE enum rc row_plan_create(struct row_plan **out, struct str header,
                                 char delimiter, const struct schema *schema,
                                 const char *id_column, struct err *e);

/*
 * For models without names: the schema the header gives (all its columns but
 * the id, in order).
 */
MUST_USE enum rc row_schema_from_header(struct schema **out, struct str header,
                                        char delimiter, const char *id_column,
                                        struct err *e);

void row_plan_destroy(struct row_plan **p);

/* Cells in a row, the id's among them. */
size_t row_plan_cells(const struct row_plan *p);

/*
 * line: one record without its end; x: schema_size floats; *id is a view of
 * line, or of scratch when quotes had to be taken out (scratch: line.len
 * bytes). Empty, NA, nan, null (any case) are missing: NaN 0x7fc00000.
 */
enum row_fault row_parse_csv(const struct row_plan *p, struct str line,
                             char *scratch, struct str *id, float *x,
                             struct row_where *where);

/* "row has 4 cells, the header 5"; "column 'age': 'abc' is not a number". */
void row_fault_text(const struct row_plan *p, enum row_fault fault,
                    const struct row_where *where, char *out, size_t cap);

/*
 * Length of the first record in data including its line end: a line break
 * inside quotes belongs to the record. 0 when data holds no whole record
 * (at the end of the input the rest is the last record).
 */
size_t row_record_len(struct str data);
