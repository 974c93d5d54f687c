/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte says how, each further line is a row of libsvm or JSON:
 * nothing is read out of bounds, every fault has a text, every slot that no
 * value was given is missing.
 */
#include "common/base/check.h"
#include "common/model/row.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define N 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
parse_row(const struct row_plan *p, struct str line, const struct row_spec *how)
{
    char *scratch = malloc(line.len + 1);
    struct row_where where;
    struct str id;
    char text[160];
    float x[N];
    enum row_fault fault;

    CHECK(scratch != NULL);
    fault = row_parse(p, line, scratch, &id, x, &where);
    row_fault_text(p, fault, &where, text, sizeof(text));
    CHECK(fault != ROW_OK || id.len <= 512);
    CHECK(fault != ROW_OK || !how->need_id || id.len > 0 ||
          how->label == ROW_LABEL_NONE);
    for (size_t i = 0; fault == ROW_OK && i < N; i++) {
        uint32_t bits;

        memcpy(&bits, x + i, sizeof(bits));
        CHECK(!isinf(x[i]) && (!isnan(x[i]) || bits == 0x7fc00000));
    }
    free(scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct str name[N] = {STR("a"), STR("b"), STR("features")};
    struct str rest = {(const char *)data, size};
    uint8_t how = size > 0 ? data[0] : 0;
    struct schema *s;
    struct row_plan *p;
    struct row_spec spec = {
        .format = how & 1 ? ROW_JSONL : ROW_LIBSVM,
        .need_id = how & 2,
        .ignore_extra = how & 4,
        .base = how >> 3 & 1,
        .label = (how >> 4) % 3,
    };

    CHECK(schema_create(&s, name, N, NULL) == RC_OK);
    spec.schema = s;
    CHECK(row_plan_create(&p, &spec, STR(""), NULL) == RC_OK);
    rest.p += size > 0;
    rest.len -= size > 0;
    while (rest.p != NULL) {
        parse_row(p, str_cut(&rest, '\n'), &spec);
    }
    row_plan_destroy(&p);
    schema_destroy(&s);
    return 0;
}
