/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies with features, into a query whose generation has a schema and no
 * more: what is refused says why; what is taken leaves a row that is known
 * where it was named, and missing elsewhere.
 */
#include "common/base/check.h"
#include "lookup/api/native_body.h"

#include <math.h>

#define NAMES "[\"age\",\"b\",\"\xc3\xa9\",\"features\"]"
#define NCOL  4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_row(const struct query *q)
{
    size_t known = 0;

    for (size_t i = 0; i < NCOL; i++) {
        CHECK(q->known[i] <= 1);
        CHECK(q->known[i] ? !isinf(q->x[i]) : isnan(q->x[i]));
        known += q->known[i];
    }
    CHECK(known == q->nnamed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct generation gen = {.number = 1};
    float x[NCOL] = {NAN, NAN, NAN, NAN};
    uint8_t known[NCOL] = {0};
    struct query q = {.gen = &gen, .ncol = NCOL, .x = x, .known = known};
    struct body_fault fault = {.why = {""}};

    CHECK(schema_from_json(&gen.schema, STR(NAMES), NULL) == RC_OK);
    if (native_body_read((struct str){(const char *)data, size}, &q, &fault) !=
        RC_OK) {
        CHECK(fault.why.text[0] != '\0');
    }
    check_row(&q);
    schema_destroy(&gen.schema);
    return 0;
}
