/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers against the C library: any text, the cells of it together, and the
 * input's first four bytes as a float.
 */
#include "common/base/check.h"
#include "common/base/number.h"
#include "common/base/number_many.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* strtof takes more than we do: blanks, hex, names. */
static bool
has_only(const char *text, const char *allowed)
{
    return strspn(text, allowed) == strlen(text);
}

static void
check_parse(struct str s)
{
    char *text = str_dup(s);
    char *end;
    float want;
    float got;
    bool ok = number_parse_f32(s, &got);

    CHECK(text != NULL);
    want = strtof(text, &end);
    if (has_only(text, "0123456789+-.eE") && end == text + s.len && s.len > 0) {
        CHECK(ok == !isinf(want));
        CHECK(!ok || memcmp(&got, &want, sizeof(got)) == 0);
    } else {
        CHECK(!ok);
    }
    free(text);
}

/* What was read of a cell is what it says; what was not is odd. */
static void
check_cells(const struct number_many *m, uint64_t odd)
{
    for (size_t i = 0; i < m->n; i++) {
        struct str s = {m->end[i] - m->len[i], m->len[i]};
        float want = NAN;

        if ((odd >> i & 1) == 0) {
            CHECK(s.len == 0 || number_parse_f32(s, &want));
            CHECK(memcmp(&want, &m->value[i], sizeof(want)) == 0);
        }
    }
}

static void
check_many(struct str s)
{
    char *text = malloc(16 + s.len);
    struct number_many m = {.n = 0};
    struct str rest;

    CHECK(text != NULL);
    memset(text, '1', 16);
    memcpy(text + 16, s.p, s.len);
    rest = (struct str){text + 16, s.len};
    while (rest.p != NULL && m.n < NUMBER_MANY) {
        struct str cell = str_cut(&rest, ',');

        m.end[m.n] = cell.p + cell.len;
        m.len[m.n++] = (uint32_t)cell.len;
    }
    check_cells(&m, number_many_read(&m, false));
    if (number_many_has_avx512()) {
        check_cells(&m, number_many_read(&m, true));
    }
    free(text);
}

static void
check_format(float v)
{
    char got[NUMBER_F32_MAX];
    char want[32];
    size_t n = number_format_f32(v, got);

    CHECK(n <= sizeof(got));
    if (!isfinite(v) || v == 0) {
        return;
    }
    for (int p = 1; p <= 9; p++) {
        snprintf(want, sizeof(want), "%.*g", p, (double)v);
        if (strtof(want, NULL) == v) {
            break;
        }
    }
    CHECK(n == strlen(want) && memcmp(got, want, n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = {(const char *)data, size};
    uint64_t out;
    float v;

    check_parse(s);
    check_many(s);
    number_parse_u64(s, &out);
    number_parse_size(s, &out);
    number_parse_duration(s, 1, &out);
    if (size >= sizeof(v)) {
        memcpy(&v, data, sizeof(v));
        check_format(v);
    }
    return 0;
}
