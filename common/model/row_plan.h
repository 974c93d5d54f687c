/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * row_plan - where each cell of a row goes. Made by row_plan.c, followed by
 * the row_*.c of each format; nobody else looks inside.
 */
#include "common/model/csv.h"
#include "common/model/row.h"
#include "common/model/row_id.h"

#include <math.h>
#include <stdint.h>

#define ROW_ID_MAX 512

struct row_plan {
    enum row_format format;
    const struct schema *schema;
    size_t nfeature;
    bool need_id;
    bool ignore_extra;

    /* CSV */
    struct csv_header *header; /* NULL: columns by position */
    size_t ncell;
    size_t nfilled; /* features from here on have no cell and are missing */
    struct row_ids ids;
    char delimiter;
    bool python_cells;
    int32_t *feature; /* of each cell; -1: not a feature */
    bool avx512;      /* for number_many_read */

    /* libsvm */
    uint64_t base;
    enum row_label label;
    bool label_is_id;

    /* JSON: members that may be the id, the better one first. */
    struct str id_name[ROW_USUAL_IDS];
    struct str item_name; /* empty: none */
};

/* A cell of CSV, empty ones being missing, as the plan reads them. */
enum row_fault row_read_cell(const struct row_plan *p, struct str cell,
                             float *out);

/* A cell that is not plainly a number; blanks around it do not count. */
enum row_fault row_read_odd_cell(struct str cell, float *out);

/*
 * A line of CSV that may have quotes, cell by cell, as row_parse_csv but for
 * checking ids and how many cells there were, which *ncell says.
 */
enum row_fault row_parse_quoted(const struct row_plan *p, struct str line,
                                char *scratch, struct str *id, float *x,
                                size_t *ncell, struct row_where *where);

/* Empty or too long. */
enum row_fault row_check_id(struct str id, struct row_where *where);

/*
 * Formats that name their features leave some out and may name one twice: a
 * row begins with every slot open, and ends with those still open missing.
 */
#define ROW_OPEN_BITS 0x7fc00001u

static inline bool
row_is_open(const float *slot)
{
    uint32_t bits;

    memcpy(&bits, slot, sizeof(bits));
    return bits == ROW_OPEN_BITS;
}

static inline void
row_open_all(float *x, size_t n)
{
    const uint32_t bits = ROW_OPEN_BITS;

    for (size_t i = 0; i < n; i++) {
        memcpy(x + i, &bits, sizeof(bits));
    }
}

static inline void
row_close_all(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = row_is_open(x + i) ? NAN : x[i];
    }
}
