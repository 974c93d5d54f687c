/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container takes its delimiter from Python's csv.Sniffer, which looks at
 * the first 512 characters of the first row, and its cells from float(). A row
 * that the plan cannot read is read again cell by cell, to say why.
 */
#include "lookup/api/sagemaker_rows_impl.h"

#include "common/base/number.h"
#include "common/model/row.h"

#include <math.h>

#define SNIFFED_MAX 512
#define ASCII       127 /* the Sniffer leaves DEL out */

#define BAD_CSV                                                                \
    "Loading csv data failed with Exception, please ensure data is in csv "    \
    "format:\n "

static bool
is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z');
}

/*
 * Of one row the Sniffer takes the only character there is, or one that it
 * prefers, or the most frequent (the last of them in ASCII). '\0': none, as the
 * row has no ASCII.
 */
static char
sniff(struct str row)
{
    static const char preferred[] = ",\t; :";
    size_t count[ASCII] = {0};
    size_t best = 0, nkind = 0;

    for (size_t i = 0; i < row.len && i < SNIFFED_MAX; i++) {
        unsigned char c = (unsigned char)row.p[i];

        if (c < ASCII) {
            nkind += count[c] == 0;
            count[c]++;
        }
    }
    for (const char *p = preferred; nkind > 1 && *p != '\0'; p++) {
        if (count[(unsigned char)*p] > 0) {
            return *p;
        }
    }
    for (size_t c = 1; c < ASCII; c++) {
        best = count[c] > 0 && count[c] >= count[best] ? c : best;
    }
    return (char)best;
}

static enum rc
refuse_cell(struct sagemaker_rows *r, struct str cell, size_t column, bool inf)
{
    char shown[SAGEMAKER_SHOWN_MAX];

    sagemaker_show(cell, shown);
    return inf ? sagemaker_refuse(
                     r, 415,
                     BAD_CSV "<class 'xgboost.core.XGBoostError'>\n Input data "
                             "contains `inf` or `nan`: '%s' (row %zu, column "
                             "%zu)",
                     shown, r->row, column)
               : sagemaker_refuse(
                     r, 415,
                     BAD_CSV "<class 'ValueError'>\n could not convert string "
                             "to float: '%s' (row %zu, column %zu)",
                     shown, r->row, column);
}

/* The careful way: every cell is a number, or empty? */
static enum rc
check_cells(struct sagemaker_rows *r, struct str row)
{
    struct str rest = row;

    for (size_t column = 1; rest.p != NULL; column++) {
        struct str cell = str_cut(&rest, r->delimiter);
        float v = 0;

        if (cell.len > 0 && !number_parse_python(cell, &v)) {
            return refuse_cell(r, cell, column, false);
        }
        if (isinf(v)) {
            return refuse_cell(r, cell, column, true);
        }
    }
    return RC_OK;
}

static size_t
count_cells(const struct sagemaker_rows *r, struct str row)
{
    size_t n = 1;

    for (size_t i = 0; i < row.len; i++) {
        n += row.p[i] == r->delimiter;
    }
    return n;
}

static enum rc
check_row(struct sagemaker_rows *r, struct str row)
{
    size_t ncell = count_cells(r, row);

    if (ncell != r->widest) {
        return sagemaker_refuse(
            r, 415,
            BAD_CSV "<class 'ValueError'>\n setting an array element with a "
                    "sequence: row %zu has %zu columns, the first %zu",
            r->row, ncell, r->widest);
    }
    return check_cells(r, row);
}

enum rc
sagemaker_csv_init(struct sagemaker_rows *r)
{
    struct str rest = r->rest;
    struct str first = str_cut(&rest, '\n');
    struct row_spec spec = {
        .format = ROW_CSV, .schema = r->schema, .python_cells = true};
    struct err e;
    enum rc rc;

    r->delimiter = sniff(first);
    if (r->delimiter == '\0') {
        return sagemaker_refuse(
            r, 415,
            BAD_CSV "<class '_csv.Error'>\n Could not determine delimiter");
    }
    r->delimiter = is_alphanumeric(r->delimiter) ? ',' : r->delimiter;
    r->widest = count_cells(r, first);
    if (r->widest > schema_size(r->schema)) {
        return RC_OK;
    }
    spec.delimiter = r->delimiter;
    rc = row_plan_create(&r->plan, &spec, first, &e);
    return rc == RC_REFUSED ? sagemaker_refuse(r, 415, BAD_CSV "%s", e.text)
                            : rc;
}

/* Rows that are too wide are all looked at, to find what is worse. */
static enum rc
check_rest(struct sagemaker_rows *r)
{
    enum rc rc = RC_OK;

    for (; rc == RC_OK && r->rest.p != NULL; r->row++) {
        rc = check_row(r, str_cut(&r->rest, '\n'));
    }
    r->ended = true;
    return rc;
}

enum rc
sagemaker_csv_row(struct sagemaker_rows *r, float *x)
{
    struct row_where where;
    struct str row, id;
    enum rc rc;

    if (r->plan == NULL) {
        return check_rest(r);
    }
    r->ended = r->rest.p == NULL;
    if (r->ended) {
        return RC_OK;
    }
    row = str_cut(&r->rest, '\n');
    if (row_parse_csv(r->plan, row, NULL, &id, x, &where) == ROW_OK) {
        return RC_OK;
    }
    rc = check_row(r, row);
    return rc == RC_OK ? refuse_cell(r, row, 1, false) : rc;
}
