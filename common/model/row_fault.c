/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/row_plan.h"

#include "common/base/check.h"

#include <stdio.h>

enum row_fault
row_parse(const struct row_plan *p, struct str line, char *scratch,
          struct str *id, float *x, struct row_where *where)
{
    switch (p->format) {
    case ROW_LIBSVM:
        return row_parse_libsvm(p, line, id, x, where);
    case ROW_JSONL:
        return row_parse_jsonl(p, line, scratch, id, x, where);
    case ROW_CSV:
        break;
    }
    return row_parse_csv(p, line, scratch, id, x, where);
}

enum row_fault
row_check_id(struct str id, struct row_where *where)
{
    where->cell = id;
    if (id.len == 0) {
        return ROW_NO_ID;
    }
    return id.len > ROW_ID_MAX ? ROW_LONG_ID : ROW_OK;
}

/* Cells may be long and hold anything; messages are for people. */
static struct str
shorten(struct str cell)
{
    cell.len = cell.len > 64 ? 64 : cell.len;
    return cell;
}

/* "column 'age': ", "column 3 (from 0): ", "feature '12': " */
static int
put_place(const struct row_plan *p, enum row_fault fault,
          const struct row_where *where, char *out, size_t cap)
{
    struct str name = shorten(where->name);

    if (fault == ROW_JSON || fault == ROW_WEIGHT || fault == ROW_TOKEN ||
        fault == ROW_RAGGED) {
        return 0;
    }
    if (name.len > 0) {
        return snprintf(out, cap, "feature '%.*s': ", STR_ARG(name));
    }
    if (p->format != ROW_CSV) {
        return 0;
    }
    if (p->header == NULL || where->column >= p->ncell) {
        return snprintf(out, cap, "column %zu (from 0): ", where->column);
    }
    name = shorten(csv_header_name(p->header, where->column));
    return snprintf(out, cap, "column '%.*s': ", STR_ARG(name));
}

static void
put_ragged(const struct row_plan *p, const struct row_where *where, char *out,
           size_t cap)
{
    if (p->format == ROW_CSV) {
        snprintf(out, cap, "row has %zu cells, the %s %zu", where->column,
                 p->header == NULL ? "first row" : "header", p->ncell);
    } else {
        snprintf(out, cap,
                 "\"features\" has %zu values, the model %zu "
                 "features",
                 where->column, p->nfeature);
    }
}

/* What is wrong; where `cell` is said, the cell in quotes goes between. */
static const struct {
    const char *before;
    bool cell;
    const char *after;
} said[] = {
    [ROW_TEXT] = {"", true, " is not a number"},
    [ROW_INF] = {"", true, " is infinite or too large for float32"},
    [ROW_NO_ID] = {"the id is empty", false, ""},
    [ROW_BAD_ID] = {"the id is neither text nor a whole number: ", true, ""},
    [ROW_QUOTE] = {"a quote is not closed, or has text behind it", false, ""},
    [ROW_TOKEN] = {"", true, " is not index:value"},
    [ROW_INDEX] = {"the model has no feature of this index: ", true,
                   " (see --libsvm-base)"},
    [ROW_WEIGHT] = {"the row begins with ", true,
                    ", a feature or a label with its weight: say "
                    "--libsvm-label none or weight"},
    [ROW_JSON] = {"this is not JSON: ", true, ""},
    [ROW_UNKNOWN] = {"the model has no such feature", false, ""},
    [ROW_TWICE] = {"it is there twice", false, ""},
    [ROW_ABSENT] = {"it is not there; say null where it is missing", false, ""},
};

void
row_fault_text(const struct row_plan *p, enum row_fault fault,
               const struct row_where *where, char *out, size_t cap)
{
    struct str cell;
    size_t n;

    if (fault == ROW_OK) {
        snprintf(out, cap, "row is well");
        return;
    }
    if (fault == ROW_RAGGED) {
        put_ragged(p, where, out, cap);
        return;
    }
    cell = shorten(where->cell);
    n = (size_t)put_place(p, fault, where, out, cap);
    CHECK(n < cap);
    out += n;
    cap -= n;
    if (fault == ROW_LONG_ID) {
        snprintf(out, cap, "the id has %zu bytes, at most %d", where->cell.len,
                 ROW_ID_MAX);
    } else if (said[fault].cell) {
        snprintf(out, cap, "%s'%.*s'%s", said[fault].before, STR_ARG(cell),
                 said[fault].after);
    } else {
        snprintf(out, cap, "%s", said[fault].before);
    }
}
