/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row_plan.h"

#include "common/base/number.h"

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
    str_skip(&bare, '-', '+');
    /* A number that was not read is too large. */
    return number_is_decimal(s) || is_one_of(bare, inf, 2) ? ROW_INF : ROW_TEXT;
}

enum row_fault
row_read_cell(const struct row_plan *p, struct str cell, float *out)
{
    if (cell.len == 0) {
        *out = NAN;
        return ROW_OK;
    }
    if (number_parse_f32(cell, out)) {
        return ROW_OK;
    }
    return p->python_cells ? read_python_cell(cell, out)
                           : row_read_odd_cell(cell, out);
}
