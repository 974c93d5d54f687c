/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * row - one record of the input becomes a user id and a row of floats in the
 * model's order. The plan is made once for a file; parsing a row allocates
 * nothing and may run on any thread.
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/table/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct row_plan;

enum row_format {
    ROW_CSV,    /* cells, matched by the names in a header or by position */
    ROW_LIBSVM, /* label index:value ... */
    ROW_JSONL,  /* {"user_id": ..., features by name or as a list} */
};

/* What the first token of a libsvm row is. */
enum row_label {
    ROW_LABEL_PLAIN,  /* a label; with a colon in it the row is rejected */
    ROW_LABEL_WEIGHT, /* label:weight, or a label */
    ROW_LABEL_NONE,   /* a feature like the others */
};

/* What a file's rows are made of. */
struct row_spec {
    enum row_format format;
    const struct schema *schema; /* the features; must outlive the plan */
    bool need_id;                /* refuse a file without ids */
    /*
     * CSV: the id's column, a name or (no column has that name) a number from
     * 0. JSON: its member. libsvm: anything, the label is the id. NULL: the
     * first of "user_id", "id" that is there and is not a feature.
     */
    const char *id_column;
    const char *item_column; /* of a second id, as above; NULL: there is none */
    char delimiter;          /* CSV */
    bool header;             /* CSV: the first record names the columns */
    /*
     * CSV: a cell is missing if it is empty or nan, else what Python's float()
     * reads, which takes care of a CR, too. Quotes are faults.
     */
    bool python_cells;
    bool ignore_extra; /* columns and members that are no features */
    uint64_t base;     /* libsvm: index of the first feature */
    enum row_label label;
};

/* Why a row was rejected. */
enum row_fault {
    ROW_OK,
    ROW_RAGGED,  /* more or fewer cells than the header, than features */
    ROW_TEXT,    /* a cell is not a number */
    ROW_INF,     /* a cell is infinite or too large for float32 */
    ROW_NO_ID,   /* the id is empty, or not there */
    ROW_LONG_ID, /* the id is over 512 bytes */
    ROW_BAD_ID,  /* JSON: the id is neither text nor a whole number */
    ROW_QUOTE,   /* a quoted cell is not closed, or has text behind it */
    ROW_TOKEN,   /* libsvm: not index:value */
    ROW_INDEX,   /* libsvm: no feature has this index */
    ROW_WEIGHT,  /* libsvm: a feature, or a label and its weight? */
    ROW_JSON,    /* not a JSON object; cell: from where on */
    ROW_UNKNOWN, /* JSON: a member is no feature */
    ROW_TWICE,   /* a feature is there twice */
    ROW_ABSENT,  /* JSON: a feature is not there (null is missing) */
};

/* Where in the row, for the message. */
struct row_where {
    size_t column; /* from 0, as in the file */
    struct str cell;
    struct str name; /* of the JSON member, the libsvm index */
};

/*
 * first: the first record of the file without its end; only CSV looks at it,
 * for the names or the number of columns. By name every feature must be there
 * and no other column; by position there may be fewer columns than features,
 * the rest being missing. RC_REFUSED names what does not fit.
 */
MUST_USE enum rc row_plan_create(struct row_plan **out,
                                 const struct row_spec *spec, struct str first,
                                 struct err *e);

/* Frees and nulls; NULL is fine. */
void row_plan_destroy(struct row_plan **p);

/*
 * Whether the first record of a CSV is a header: all features are named in
 * it, or a cell that is no number is a feature's name, or no cell is a
 * number. names: NULL when the model has none.
 */
bool row_is_header(struct str first, char delimiter,
                   const struct schema *names);

/*
 * For models without names: the schema the header gives (all its columns but
 * the id, in order).
 */
MUST_USE enum rc row_schema_from_header(struct schema **out, struct str header,
                                        const struct row_spec *spec,
                                        struct err *e);

/* CSV: cells in a row, the id's among them. */
size_t row_plan_cells(const struct row_plan *p);

/*
 * line: one record without its end; x: schema_size floats; *id is a view of
 * line, or of scratch when quotes or escapes had to be taken out (scratch:
 * line.len bytes), empty when there are no ids; of a plan with an item column
 * the item's id is put behind it, into id[1]. CSV: empty, NA, nan, null
 * (any case) are missing; libsvm: nan, and what has no index; JSON: null,
 * NaN. Missing is NaN 0x7fc00000.
 */
enum row_fault row_parse(const struct row_plan *p, struct str line,
                         char *scratch, struct str *id, float *x,
                         struct row_where *where);

/* The same for a plan known to be of that format. */
enum row_fault row_parse_csv(const struct row_plan *p, struct str line,
                             char *scratch, struct str *id, float *x,
                             struct row_where *where);
enum row_fault row_parse_libsvm(const struct row_plan *p, struct str line,
                                struct str *id, float *x,
                                struct row_where *where);
enum row_fault row_parse_jsonl(const struct row_plan *p, struct str line,
                               char *scratch, struct str *id, float *x,
                               struct row_where *where);

/* "row has 4 cells, the header 5"; "column 'age': 'abc' is not a number". */
void row_fault_text(const struct row_plan *p, enum row_fault fault,
                    const struct row_where *where, char *out, size_t cap);

/*
 * Length of the first record in data including its line end. A line break
 * inside quotes belongs to the record; but a quote that is not closed, or has
 * text behind it, spoils the line it is in and no others: the record ends
 * there. end: data is all there is, so the rest is the last record. Else 0 as
 * long as data does not tell.
 */
size_t row_record_len(struct str data, bool end);
