/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row_plan.h"

/* Give cell i to its feature and its ids. */
static enum row_fault
take_cell(const struct row_plan *p, size_t i, struct str cell, struct str *id,
          float *x)
{
    if (i == p->ids.user) {
        id[0] = cell;
    }
    if (i == p->ids.item) {
        id[1] = cell;
    }
    return p->feature[i] < 0 ? ROW_OK
                             : row_read_cell(p, cell, &x[p->feature[i]]);
}

enum row_fault
row_parse_quoted(const struct row_plan *p, struct str line, char *scratch,
                 struct str *id, float *x, size_t *ncell,
                 struct row_where *where)
{
    struct str rest = line;

    for (*ncell = 0; rest.p != NULL; ++*ncell) {
        struct str cell = rest;
        enum row_fault fault = ROW_OK;

        if (!csv_next(&rest, p->delimiter, &scratch, &cell)) {
            fault = ROW_QUOTE;
        } else if (*ncell >= p->ncell) {
            return ROW_RAGGED;
        } else {
            fault = take_cell(p, *ncell, cell, id, x);
        }
        if (fault != ROW_OK) {
            *where = (struct row_where){*ncell, cell, {"", 0}};
            return fault;
        }
    }
    return ROW_OK;
}
