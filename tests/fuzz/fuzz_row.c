/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is a header, a line end, then rows: nothing is read out of
 * bounds, every fault has a text and every row an id.
 */
#include "common/base/check.h"
#include "common/model/row.h"
#include "tests/support/named_csv.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All rows of `rest`, of which header made the plan. */
static void
parse_rows(const struct row_plan *p, const struct schema *s, struct str rest)
{
    float *x = calloc(schema_size(s), sizeof(*x));
    char *scratch = malloc(rest.len + 1);

    CHECK(x != NULL && scratch != NULL);
    while (rest.len > 0) {
        size_t known = row_record_len(rest, false);
        size_t len = row_record_len(rest, true);
        struct str line = {rest.p, len - (rest.p[len - 1] == '\n')};
        struct row_where where;
        struct str id;
        char text[128];
        enum row_fault fault = row_parse_csv(p, line, scratch, &id, x, &where);

        CHECK(len > 0 && len <= rest.len && (known == 0 || known == len));
        row_fault_text(p, fault, &where, text, sizeof(text));
        CHECK(fault != ROW_OK || (id.len > 0 && id.len <= 512));
        rest = (struct str){rest.p + len, rest.len - len};
    }
    free(x);
    free(scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    struct str header = str_cut(&rest, '\n');
    struct row_spec spec = *NAMED_CSV(NULL, "0");
    struct row_plan *p = NULL;
    struct schema *s = NULL;
    struct err e;

    if (row_schema_from_header(&s, header, &spec, &e) == RC_OK &&
        row_plan_create(&p, NAMED_CSV(s, "0"), header, &e) == RC_OK) {
        parse_rows(p, s, rest);
    }
    row_plan_destroy(&p);
    schema_destroy(&s);
    return 0;
}
