/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row is cut and converted in one pass. Sixty-four bytes at a time become a
 * mask with a bit for every delimiter; a cell ends at the next bit. The cells
 * are converted many at once, and then each goes to its place in the row. A
 * quote anywhere in the line sends it down the careful way (row_quoted.c); ids
 * aside, data has none.
 */
#include "common/model/row_plan.h"

#include "common/base/number_many.h"

#include <emmintrin.h>

#define BLOCK 64
/* As many bytes before the end of a cell are read, whatever its length. */
#define BEFORE 16

/* A row being read. */
struct reading {
    const struct row_plan *plan;
    struct str line;
    float *x;
    struct str *id;          /* behind it the item's, if the plan has one */
    size_t ncell;            /* cells done with */
    struct number_many many; /* those that come next */
    size_t nhead;            /* of them: how many end in head, not in line */
    char head[2 * BEFORE];   /* room, then the first bytes of the line */
};

static inline uint64_t
find_in_16(const char *p, __m128i byte)
{
    __m128i have = _mm_loadu_si128((const __m128i *)p);

    return (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(have, byte));
}

static inline uint64_t
find_byte(const char *block, __m128i byte)
{
    return find_in_16(block, byte) | find_in_16(block + 16, byte) << 16 |
           find_in_16(block + 32, byte) << 32 |
           find_in_16(block + 48, byte) << 48;
}

/* Cell i of those that come next. */
static struct str
cell_of(const struct reading *r, size_t i)
{
    const char *end = r->many.end[i];

    if (i < r->nhead) {
        end = r->line.p + (end - (r->head + BEFORE));
    }
    return (struct str){end - r->many.len[i], r->many.len[i]};
}

/* Cells at the beginning of the line are read where bytes are before them. */
static void
move_to_head(struct reading *r)
{
    size_t n = r->line.len < BEFORE ? r->line.len : BEFORE;

    memset(r->head, 0, BEFORE);
    memcpy(r->head + BEFORE, r->line.p, n);
    for (size_t i = 0; i < r->many.n; i++) {
        size_t at = (size_t)(r->many.end[i] - r->line.p);

        if (at >= BEFORE) {
            return;
        }
        r->many.end[i] = r->head + BEFORE + at;
        r->nhead++;
    }
}

static void
take_ids(struct reading *r, size_t n)
{
    size_t id = r->plan->ids.user - r->ncell;
    size_t item = r->plan->ids.item - r->ncell;

    if (id < n) {
        r->id[0] = cell_of(r, id);
    }
    if (item < n) {
        r->id[1] = cell_of(r, item);
    }
}

/* A bit of odd for each cell that is not plainly a number. */
static enum row_fault
take_odd_cells(struct reading *r, uint64_t odd, struct row_where *where)
{
    const int32_t *feature = r->plan->feature + r->ncell;

    for (; odd != 0; odd &= odd - 1) {
        size_t i = (size_t)__builtin_ctzll(odd);
        struct str cell = cell_of(r, i);
        enum row_fault fault;

        if (feature[i] < 0) {
            continue;
        }
        fault = row_read_cell(r->plan, cell, &r->x[feature[i]]);
        if (fault != ROW_OK) {
            *where = (struct row_where){r->ncell + i, cell, {"", 0}};
            return fault;
        }
    }
    return ROW_OK;
}

/* Give the cells that come next to their features and ids. */
static enum row_fault
take_cells(struct reading *r, struct row_where *where)
{
    size_t left = r->plan->ncell - r->ncell;
    size_t n = r->many.n < left ? r->many.n : left;
    const int32_t *feature = r->plan->feature + r->ncell;
    enum row_fault fault = r->many.n > left ? ROW_RAGGED : ROW_OK;
    enum row_fault odd_fault;
    uint64_t odd;

    r->many.n = n;
    if (r->ncell == 0) {
        move_to_head(r);
    }
    odd = number_many_read(&r->many, r->plan->avx512);
    for (size_t i = 0; i < n; i++) {
        if (feature[i] >= 0) {
            r->x[feature[i]] = r->many.value[i];
        }
    }
    odd_fault = take_odd_cells(r, odd, where);
    take_ids(r, n);
    r->ncell += n;
    r->many.n = 0;
    r->nhead = 0;
    return odd_fault != ROW_OK ? odd_fault : fault;
}

/*
 * The delimiters of line from `at` on, at most BLOCK bytes, one bit each;
 * false when there is a quote among them. Never reads outside the line.
 */
static inline bool
scan(struct str line, size_t at, char delimiter, uint64_t *mask)
{
    char all[BLOCK] = {0};
    const char *block = line.p + at;
    unsigned behind = 0; /* how far what is asked for is in the block */

    if (line.len < BLOCK) {
        memcpy(all, line.p, line.len);
        block = all;
    } else if (line.len - at < BLOCK) {
        behind = (unsigned)(BLOCK - (line.len - at));
        block -= behind;
    }
    *mask = find_byte(block, _mm_set1_epi8(delimiter)) >> behind;
    return find_byte(block, _mm_set1_epi8('"')) == 0;
}

/* The ids of a row that is well otherwise. */
static enum row_fault
check_ids(const struct row_plan *p, const struct str *id,
          struct row_where *where)
{
    const size_t column[] = {p->ids.user, p->ids.item};
    enum row_fault fault = ROW_OK;

    for (size_t i = 0; i < 2 && fault == ROW_OK; i++) {
        if (column[i] != ROW_NO_ID_CELL) {
            *where = (struct row_where){.column = column[i]};
            fault = row_check_id(id[i], where);
        }
    }
    return fault;
}

/* Is the cell from start to stop the last there is room for? */
static inline bool
add_cell(struct number_many *m, const char *start, const char *stop)
{
    m->end[m->n] = stop;
    m->len[m->n] = (uint32_t)(stop - start);
    return ++m->n == NUMBER_MANY;
}

/* False when a quote turns up: then all is to be done again, with care. */
static bool
read_plain(struct reading *r, enum row_fault *fault, struct row_where *where)
{
    struct str line = r->line;
    const char *start = line.p;

    *fault = ROW_OK;
    for (size_t at = 0; at < line.len; at += BLOCK) {
        uint64_t mask;

        if (!scan(line, at, r->plan->delimiter, &mask)) {
            return false;
        }
        for (; mask != 0; mask &= mask - 1) {
            const char *stop = line.p + at + __builtin_ctzll(mask);

            if (add_cell(&r->many, start, stop)) {
                *fault = take_cells(r, where);
            }
            start = stop + 1;
            if (*fault != ROW_OK) {
                return true;
            }
        }
    }
    add_cell(&r->many, start, line.p + line.len);
    *fault = take_cells(r, where);
    return true;
}

enum row_fault
row_parse_csv(const struct row_plan *p, struct str line, char *scratch,
              struct str *id, float *x, struct row_where *where)
{
    struct reading r; /* too large to be cleared for each row */
    enum row_fault fault;

    *id = (struct str){"", 0};
    r.plan = p;
    r.line = p->python_cells ? line : csv_strip_cr(line);
    r.x = x;
    r.id = id;
    r.ncell = r.nhead = r.many.n = 0;
    if (!read_plain(&r, &fault, where)) {
        fault = p->python_cells ? ROW_QUOTE
                                : row_parse_quoted(p, r.line, scratch, id, x,
                                                   &r.ncell, where);
    }
    if (fault == ROW_RAGGED || (fault == ROW_OK && r.ncell < p->ncell)) {
        *where = (struct row_where){
            csv_count(r.line, p->delimiter), r.line, {"", 0}};
        return ROW_RAGGED;
    }
    if (fault != ROW_OK) {
        return fault;
    }
    for (size_t i = p->nfilled; i < p->nfeature; i++) {
        x[i] = NAN;
    }
    return check_ids(p, id, where);
}
