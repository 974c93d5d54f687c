/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words are taken as they come and nothing is kept, so that a body costs no
 * memory however deep or long it is: where a list of numbers is expected,
 * nothing else is read.
 */
#include "lookup/api/sagemaker_rows_impl.h"

#include "common/base/number.h"
#include "common/model/row_text.h"

#include <math.h>
#include <stdlib.h>

struct reader {
    struct sagemaker_rows *rows;
    struct str *rest;
    char *scratch;
    enum row_word kind;
    struct str word;
};

static void
next(struct reader *r)
{
    r->kind = row_text_next(r->rest, &r->scratch, &r->word);
}

static bool
is_mark(const struct reader *r, char c)
{
    return r->kind == ROW_WORD_MARK && r->word.p[0] == c;
}

static enum rc
refuse(const struct reader *r, const char *expected)
{
    char shown[SAGEMAKER_SHOWN_MAX];

    return sagemaker_refuse(
        r->rows, 400,
        "Unable to evaluate payload provided: the JSON has '%s' where %s is "
        "expected (row %zu)",
        r->kind == ROW_WORD_END ? "" : sagemaker_show(r->word, shown), expected,
        r->rows->row);
}

static enum rc
take_mark(struct reader *r, char c)
{
    const char expected[] = {'\'', c, '\'', '\0'};

    next(r);
    return is_mark(r, c) ? RC_OK : refuse(r, expected);
}

/* "name": */
static enum rc
take_name(struct reader *r, struct str name, const char *expected)
{
    next(r);
    if (r->kind != ROW_WORD_STRING || !str_eq(r->word, name)) {
        return refuse(r, expected);
    }
    return take_mark(r, ':');
}

/* The word is a value of column i. */
static enum rc
take_value(struct reader *r, float *x, size_t i)
{
    size_t ncol = schema_size(r->rows->schema);
    float v = NAN;

    if (r->kind != ROW_WORD_NULL &&
        (r->kind != ROW_WORD_NUMBER || !number_parse_f32(r->word, &v))) {
        return refuse(r, "a number or null");
    }
    if (i < ncol) {
        x[i] = v;
    }
    r->rows->widest = i + 1 > r->rows->widest ? i + 1 : r->rows->widest;
    return RC_OK;
}

/* Behind its opening bracket; the closing one is taken. */
static enum rc
take_list(struct reader *r, float *x)
{
    size_t n = 0;
    enum rc rc = RC_OK;

    next(r);
    while (rc == RC_OK && (n > 0 || !is_mark(r, ']'))) {
        rc = take_value(r, x, n++);
        if (rc != RC_OK) {
            return rc;
        }
        next(r);
        if (is_mark(r, ']')) {
            break;
        }
        rc = is_mark(r, ',') ? RC_OK : refuse(r, "',' or ']'");
        next(r);
    }
    for (size_t ncol = schema_size(r->rows->schema); n < ncol; n++) {
        x[n] = NAN;
    }
    return rc;
}

/* {"features":[...]} or the list alone. */
static enum rc
take_row(struct reader *r, float *x)
{
    enum rc rc;

    next(r);
    if (is_mark(r, '[')) {
        return take_list(r, x);
    }
    if (!is_mark(r, '{')) {
        return refuse(r, "a row");
    }
    rc = take_name(r, STR("features"), "\"features\"");
    rc = rc == RC_OK ? take_mark(r, '[') : rc;
    rc = rc == RC_OK ? take_list(r, x) : rc;
    return rc == RC_OK ? take_mark(r, '}') : rc;
}

static enum rc
take_end(struct reader *r)
{
    next(r);
    return r->kind == ROW_WORD_END ? RC_OK : refuse(r, "the end");
}

enum rc
sagemaker_json_init(struct sagemaker_rows *rows)
{
    struct reader r = {.rows = rows, .rest = &rows->rest};
    enum rc rc;

    rows->scratch = malloc(rows->rest.len + 1);
    if (rows->scratch == NULL) {
        return RC_NOMEM;
    }
    if (rows->form == SAGEMAKER_JSONL) {
        return RC_OK;
    }
    r.scratch = rows->scratch;
    rc = take_mark(&r, '{');
    rc = rc == RC_OK ? take_name(&r, STR("instances"), "\"instances\"") : rc;
    return rc == RC_OK ? take_mark(&r, '[') : rc;
}

enum rc
sagemaker_json_row(struct sagemaker_rows *rows, float *x)
{
    struct reader r = {
        .rows = rows, .rest = &rows->rest, .scratch = rows->scratch};
    enum rc rc;

    rows->ended = rows->rest.p == NULL;
    if (rows->ended) {
        return RC_OK;
    }
    rc = take_row(&r, x);
    if (rc != RC_OK) {
        return rc;
    }
    next(&r);
    if (is_mark(&r, ',')) {
        return RC_OK;
    }
    rc = is_mark(&r, ']') ? take_mark(&r, '}') : refuse(&r, "',' or ']'");
    rc = rc == RC_OK ? take_end(&r) : rc;
    rows->rest = (struct str){NULL, 0};
    return rc;
}

enum rc
sagemaker_jsonl_row(struct sagemaker_rows *rows, float *x)
{
    struct reader r = {.rows = rows, .scratch = rows->scratch};
    struct str line;
    enum rc rc;

    rows->ended = rows->rest.p == NULL;
    if (rows->ended) {
        return RC_OK;
    }
    line = str_cut(&rows->rest, '\n');
    r.rest = &line;
    rc = take_row(&r, x);
    return rc == RC_OK ? take_end(&r) : rc;
}
