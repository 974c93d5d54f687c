/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/sagemaker_rows.h"

#include "common/model/row.h"
#include "lookup/api/sagemaker_rows_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum rc
sagemaker_refuse(struct sagemaker_rows *r, int status, const char *fmt, ...)
{
    va_list ap;

    r->fault.status = status;
    va_start(ap, fmt);
    vsnprintf(r->fault.why.text, sizeof(r->fault.why.text), fmt, ap);
    va_end(ap);
    return RC_REFUSED;
}

const char *
sagemaker_show(struct str text, char out[SAGEMAKER_SHOWN_MAX])
{
    size_t n =
        text.len < SAGEMAKER_SHOWN_MAX - 1 ? text.len : SAGEMAKER_SHOWN_MAX - 1;

    for (size_t i = 0; i < n; i++) {
        char c = text.p[i];

        out[i] = c < ' ' || c > '~' || strchr("<>&", c) != NULL ? '?' : c;
    }
    out[n] = '\0';
    return out;
}

/* What bytes.strip() leaves. */
static struct str
strip(struct str s)
{
    static const char blanks[] = " \t\n\r\v\f";

    while (s.len > 0 && memchr(blanks, s.p[0], 6) != NULL) {
        s.p++;
        s.len--;
    }
    while (s.len > 0 && memchr(blanks, s.p[s.len - 1], 6) != NULL) {
        s.len--;
    }
    return s;
}

enum rc
sagemaker_rows_init(struct sagemaker_rows *r, enum sagemaker_form form,
                    const struct schema *schema, struct str body)
{
    *r = (struct sagemaker_rows){
        .form = form, .schema = schema, .rest = strip(body)};
    switch (form) {
    case SAGEMAKER_CSV:
        return sagemaker_csv_init(r);
    case SAGEMAKER_LIBSVM:
        return sagemaker_libsvm_init(r);
    case SAGEMAKER_JSON:
    case SAGEMAKER_JSONL:
        break;
    }
    return sagemaker_json_init(r);
}

static size_t
count(struct str body, char c)
{
    size_t n = 0;

    for (size_t i = 0; i < body.len; i++) {
        n += body.p[i] == c;
    }
    return n;
}

size_t
sagemaker_count_lines(struct str body)
{
    return 1 + count(body, '\n');
}

/* JSON may be all in one line: each row is a list there. */
size_t
sagemaker_count_rows(enum sagemaker_form form, struct str body)
{
    return form == SAGEMAKER_JSON ? count(body, '[')
                                  : sagemaker_count_lines(body);
}

void
sagemaker_rows_fini(struct sagemaker_rows *r)
{
    row_plan_destroy(&r->plan);
    free(r->scratch);
    r->scratch = NULL;
}

/* More columns are known for sure when all rows could be read. */
static enum rc
check_width(struct sagemaker_rows *r)
{
    size_t ncol = schema_size(r->schema);

    return r->widest <= ncol
               ? RC_OK
               : sagemaker_refuse(
                     r, 400,
                     "Unable to evaluate payload provided: Number of columns "
                     "does not match number of features in booster: %zu, and "
                     "the model has %zu.",
                     r->widest, ncol);
}

enum rc
sagemaker_rows_next(struct sagemaker_rows *r, float *x, size_t max, size_t *n)
{
    static enum rc (*const read[])(struct sagemaker_rows *, float *) = {
        [SAGEMAKER_CSV] = sagemaker_csv_row,
        [SAGEMAKER_LIBSVM] = sagemaker_libsvm_row,
        [SAGEMAKER_JSON] = sagemaker_json_row,
        [SAGEMAKER_JSONL] = sagemaker_jsonl_row,
    };
    size_t ncol = schema_size(r->schema);
    enum rc rc = RC_OK;

    *n = 0;
    while (rc == RC_OK && !r->ended && *n < max) {
        r->row++;
        rc = read[r->form](r, x);
        if (rc == RC_OK && !r->ended) {
            ++*n;
            x += ncol;
        }
    }
    return rc == RC_OK && r->ended && *n == 0 ? check_width(r) : rc;
}
