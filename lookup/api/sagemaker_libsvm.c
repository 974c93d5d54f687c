/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container splits rows at single blanks and takes what has a colon for a
 * feature; anything else, labels among it, is passed over. The number of rows
 * is that of the last one with a feature.
 */
#include "lookup/api/sagemaker_rows_impl.h"

#include "common/base/number.h"

#include <math.h>

#define BAD_LIBSVM                                                             \
    "Loading libsvm data failed with Exception, please ensure data is in "     \
    "libsvm format:\n <class 'ValueError'>\n "

enum rc
sagemaker_libsvm_init(struct sagemaker_rows *r)
{
    const char *last =
        r->rest.len == 0 ? NULL : memrchr(r->rest.p, ':', r->rest.len);
    const char *end = r->rest.p + r->rest.len;
    const char *newline;

    if (last == NULL) {
        return sagemaker_refuse(
            r, 415,
            BAD_LIBSVM "cannot infer dimensions from zero sized index arrays");
    }
    newline = memchr(last, '\n', (size_t)(end - last));
    r->rest.len = (size_t)((newline == NULL ? end : newline) - r->rest.p);
    return RC_OK;
}

/* int() of Python, of what indices may be. */
static bool
read_index(struct str text, bool *negative, uint64_t *index)
{
    struct str s = str_trim(text);

    *negative = s.len > 0 && s.p[0] == '-';
    if (s.len > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
        s.p++;
        s.len--;
    }
    return number_parse_u64(s, index);
}

static enum rc
refuse_index(struct sagemaker_rows *r, struct str index, bool negative)
{
    char shown[SAGEMAKER_SHOWN_MAX];

    if (negative) {
        return sagemaker_refuse(
            r, 415, BAD_LIBSVM "negative column index found (row %zu)", r->row);
    }
    return sagemaker_refuse(
        r, 415,
        BAD_LIBSVM "invalid literal for int() with base 10: '%s' (row %zu)",
        sagemaker_show(index, shown), r->row);
}

static enum rc
refuse_value(struct sagemaker_rows *r, struct str value, bool inf)
{
    char shown[SAGEMAKER_SHOWN_MAX];

    return sagemaker_refuse(r, 415, BAD_LIBSVM "%s: '%s' (row %zu)",
                            inf ? "Input data contains `inf` or `nan`"
                                : "could not convert string to float",
                            sagemaker_show(value, shown), r->row);
}

/* "index:value", or more that is left alone behind another colon. */
static enum rc
take_feature(struct sagemaker_rows *r, struct str token, float *x)
{
    struct str rest = token;
    struct str text = str_cut(&rest, ':');
    struct str value = str_cut(&rest, ':');
    bool negative;
    uint64_t index;
    float v;

    if (!read_index(text, &negative, &index)) {
        return refuse_index(r, text, false);
    }
    if (negative && index > 0) {
        return refuse_index(r, text, true);
    }
    if (!number_parse_python(value, &v)) {
        return refuse_value(r, value, false);
    }
    if (index >= r->widest) {
        r->widest = (size_t)index + (index < SIZE_MAX);
    }
    if (index < schema_size(r->schema)) {
        /* What is there twice is summed; what is missing was never there. */
        v = isnan(x[index]) ? v : x[index] + v;
        x[index] = v;
    }
    return isinf(v) ? refuse_value(r, value, true) : RC_OK;
}

enum rc
sagemaker_libsvm_row(struct sagemaker_rows *r, float *x)
{
    struct str row;
    enum rc rc = RC_OK;

    r->ended = r->rest.p == NULL;
    if (r->ended) {
        return RC_OK;
    }
    for (size_t i = 0; i < schema_size(r->schema); i++) {
        x[i] = NAN;
    }
    row = str_cut(&r->rest, '\n');
    while (rc == RC_OK && row.p != NULL) {
        struct str token = str_cut(&row, ' ');

        if (token.len > 0 && memchr(token.p, ':', token.len) != NULL) {
            rc = take_feature(r, token, x);
        }
    }
    return rc;
}
