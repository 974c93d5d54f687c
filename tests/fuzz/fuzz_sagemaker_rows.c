/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of invocations. The first byte says which form it is; whatever the
 * size of the blocks they are read by, the rows are the same, finite or
 * missing, and what is refused says why.
 */
#include "common/base/check.h"
#include "lookup/api/sagemaker_rows.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NCOL 3

struct seen {
    size_t n;
    int status;
    double sum; /* of what is not missing */
};

static void
look_at(struct seen *s, const float *x, size_t n)
{
    for (size_t i = 0; i < n * NCOL; i++) {
        s->sum += isnan(x[i]) ? 0 : (double)x[i];
    }
    s->n += n;
}

static struct seen
read_all(enum sagemaker_form form, const struct schema *schema, struct str body,
         size_t block)
{
    struct seen seen = {0};
    struct sagemaker_rows r;
    float x[8 * NCOL];
    enum rc rc = sagemaker_rows_init(&r, form, schema, body);
    size_t n = 0;

    do {
        if (rc == RC_OK) {
            rc = sagemaker_rows_next(&r, x, block, &n);
        }
        if (rc == RC_OK) {
            look_at(&seen, x, n);
        }
    } while (rc == RC_OK && n > 0);
    CHECK(rc == RC_OK || (rc == RC_REFUSED && r.fault.status >= 400 &&
                          r.fault.why.text[0] != '\0'));
    seen.status = r.fault.status;
    sagemaker_rows_fini(&r);
    return seen;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct schema *schema;
    struct seen one, many;

    if (size == 0) {
        return 0;
    }
    struct str body = {(const char *)data + 1, size - 1};
    enum sagemaker_form form = (enum sagemaker_form)(data[0] % 4);

    CHECK(schema_from_json(&schema, STR("[\"a\",\"b\",\"c\"]"), NULL) == RC_OK);
    one = read_all(form, schema, body, 1);
    many = read_all(form, schema, body, 8);
    CHECK(one.status == many.status);
    if (one.status == 0) {
        CHECK(one.n == many.n);
        CHECK(one.sum == many.sum || isnan(one.sum));
    }
    schema_destroy(&schema);
    return 0;
}
