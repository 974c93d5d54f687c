/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies with many users or rows: what is refused says why, what is taken has
 * a bounded list of one kind.
 */
#include "common/base/check.h"
#include "lookup/api/native_many_body.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NCOL 2

static void
fill_rows(const struct many_body *m, struct generation *gen)
{
    static float x[ROWS_MAX * NCOL];
    struct rows r = {.gen = gen, .n = m->n, .ncol = NCOL, .x = x};
    struct body_fault fault = {.why = {""}};

    if (many_body_rows(m, &r, &fault) != RC_OK) {
        CHECK(fault.why.text[0] != '\0');
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct generation gen = {.number = 1};
    struct body_fault fault = {.why = {""}};
    struct many_body m;

    if (many_body_read(&m, (struct str){(const char *)data, size}, NCOL,
                       &fault) != RC_OK) {
        CHECK(fault.why.text[0] != '\0');
        return 0;
    }
    CHECK(m.n >= 1 && m.n <= ROWS_MAX);
    CHECK(schema_from_json(&gen.schema, STR("[\"a\",\"b\"]"), NULL) == RC_OK);
    if (m.is_rows) {
        fill_rows(&m, &gen);
    }
    schema_destroy(&gen.schema);
    many_body_fini(&m);
    return 0;
}
