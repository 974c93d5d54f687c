/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row is split and converted in one pass. Sixty-four bytes at a time become
 * a mask with a bit for every delimiter; a cell ends at the next bit, and its
 * number goes straight to its place in the row. A quote anywhere in the line
 * sends it down the careful way, cell by cell; ids aside, data has none.
 */
#include "common/model/row_plan.h"

#include "common/base/number.h"
#include "common/base/number_plain.h"

#include <emmintrin.h>

#define BLOCK 64

/* What a cell goes through on its way: one row being read. */
struct reading {
    const struct row_plan *plan;
    float *x;
    struct str *id;    /* behind it the item's, if the plan has one */
    size_t ncell;      /* cells met so far */
    const char *floor; /* cells may be read from here on, not only theirs */
};

static uint64_t
find_byte(const char *block, char byte)
{
    __m128i want = _mm_set1_epi8(byte);
    uint64_t mask = 0;

    for (int i = 0; i < 4; i++) {
        __m128i have = _mm_loadu_si128((const __m128i *)block + i);
        unsigned hit = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(have, want));

        mask |= (uint64_t)hit << (16 * i);
    }
    return mask;
}

static bool
skip_one(struct str *s, char a, char b)
{
    bool is = s->len > 0 && (s->p[0] == a || s->p[0] == b);

    s->p += is;
    s->len -= is;
    return is;
}

static bool
is_one_of(struct str s, const char *const *word, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq_nocase(s, str_of(word[i]))) {
            return true;
        }
    }
    return false;
}

/* Too large for float32 is infinite, too. */
static enum row_fault
read_python_cell(struct str cell, float *out)
{
    while (cell.len > 0 && cell.p[cell.len - 1] == '\0') {
        cell.len--; /* as numpy does, which keeps the cells for Python */
    }
    if (!number_parse_python(cell, out)) {
        return ROW_TEXT;
    }
    return isinf(*out) ? ROW_INF : ROW_OK;
}

enum row_fault
row_read_odd_cell(struct str cell, float *out)
{
    static const char *const missing[] = {"", "na", "nan", "null"};
    static const char *const inf[] = {"inf", "infinity"};
    struct str s = str_trim(cell);
    struct str bare = s;

    if (is_one_of(s, missing, 4)) {
        *out = NAN;
        return ROW_OK;
    }
    if (s.len < cell.len && number_parse_f32(s, out)) {
        return ROW_OK;
    }
    skip_one(&bare, '-', '+');
    /* A number that was not read is too large. */
    return number_is_decimal(s) || is_one_of(bare, inf, 2) ? ROW_INF : ROW_TEXT;
}

/*
 * False: it is no number. Signs come as they like, so nothing branches on
 * them.
 */
static inline bool
read_number(const struct reading *r, struct str cell, float *out)
{
    const char *end = cell.p + cell.len;
    bool negative = cell.p[0] == '-';

    return (cell.len <= NUMBER_PLAIN_MAX &&
            end - r->floor >= NUMBER_PLAIN_MAX &&
            number_read_plain(end, cell.len - negative, negative, out)) ||
           number_parse_f32(cell, out);
}

/* Give the next cell to its feature, to an id, or to both. */
static inline __attribute__((always_inline)) enum row_fault
take_cell(struct reading *r, struct str cell)
{
    size_t i = r->ncell++;
    int32_t feature;

    if (i >= r->plan->ncell) {
        return ROW_RAGGED;
    }
    if (i == r->plan->id) {
        *r->id = cell;
    }
    if (i == r->plan->item) {
        r->id[1] = cell;
    }
    feature = r->plan->feature[i];
    if (feature < 0) {
        return ROW_OK;
    }
    if (cell.len == 0) {
        r->x[feature] = NAN;
        return ROW_OK;
    }
    if (read_number(r, cell, &r->x[feature])) {
        return ROW_OK;
    }
    return r->plan->python_cells ? read_python_cell(cell, &r->x[feature])
                                 : row_read_odd_cell(cell, &r->x[feature]);
}

/*
 * The delimiters of the n bytes (1..64) at p, one bit each; false when there
 * is a quote among them. Never reads behind the n bytes.
 */
static inline bool
scan(const char *p, size_t n, char delimiter, uint64_t *mask)
{
    char tail[BLOCK] = {0};

    if (n < BLOCK) {
        memcpy(tail, p, n);
        p = tail;
    }
    *mask = find_byte(p, delimiter);
    return find_byte(p, '"') == 0;
}

/* The ids of a row that is well otherwise. */
static enum row_fault
check_ids(const struct row_plan *p, const struct str *id,
          struct row_where *where)
{
    const size_t column[] = {p->id, p->item};
    enum row_fault fault = ROW_OK;

    for (size_t i = 0; i < 2 && fault == ROW_OK; i++) {
        if (column[i] != ROW_NO_ID_CELL) {
            *where = (struct row_where){.column = column[i]};
            fault = row_check_id(id[i], where);
        }
    }
    return fault;
}

/* False when a quote turns up: then all is to be done again, with care. */
static bool
read_plain(struct reading *r, struct str line, struct str *cell,
           enum row_fault *fault)
{
    const char *end = line.p + line.len;
    const char *start = line.p;

    for (const char *p = line.p; p < end; p += BLOCK) {
        size_t n = (size_t)(end - p) < BLOCK ? (size_t)(end - p) : BLOCK;
        uint64_t mask;

        if (!scan(p, n, r->plan->delimiter, &mask)) {
            return false;
        }
        for (; mask != 0; mask &= mask - 1) {
            const char *stop = p + __builtin_ctzll(mask);

            *cell = (struct str){start, (size_t)(stop - start)};
            *fault = take_cell(r, *cell);
            if (*fault != ROW_OK) {
                return true;
            }
            start = stop + 1;
        }
    }
    *cell = (struct str){start, (size_t)(end - start)};
    *fault = take_cell(r, *cell);
    return true;
}

static enum row_fault
read_quoted(struct reading *r, struct str line, char *scratch, struct str *cell)
{
    while (line.p != NULL) {
        enum row_fault fault;

        *cell = line;
        if (!csv_next(&line, r->plan->delimiter, &scratch, cell)) {
            r->ncell++;
            return ROW_QUOTE;
        }
        r->floor = cell->p;
        fault = take_cell(r, *cell);
        if (fault != ROW_OK) {
            return fault;
        }
    }
    return ROW_OK;
}

enum row_fault
row_parse_csv(const struct row_plan *p, struct str line, char *scratch,
              struct str *id, float *x, struct row_where *where)
{
    struct reading r = {.plan = p, .x = x, .id = id, .floor = line.p};
    struct str cell = {NULL, 0};
    enum row_fault fault;

    *id = (struct str){"", 0};
    line = p->python_cells ? line : csv_strip_cr(line);
    if (!read_plain(&r, line, &cell, &fault)) {
        r.ncell = 0;
        fault = read_quoted(&r, line, scratch, &cell);
    }
    if (fault == ROW_RAGGED || (fault == ROW_OK && r.ncell < p->ncell)) {
        *where =
            (struct row_where){csv_count(line, p->delimiter), line, {"", 0}};
        return ROW_RAGGED;
    }
    if (fault != ROW_OK) {
        *where = (struct row_where){r.ncell - 1, cell, {"", 0}};
        return fault;
    }
    for (size_t i = p->nfilled; i < p->nfeature; i++) {
        x[i] = NAN;
    }
    return check_ids(p, id, where);
}
