/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Infer requests: the first two bytes say where the JSON ends. What is refused
 * says why; what is taken has as many finite or missing numbers, or texts, as
 * its shape says.
 */
#include "common/base/check.h"
#include "lookup/api/oip_request.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CELLS_MAX 4096

static void
read_floats(const struct oip_tensor *t)
{
    static float x[CELLS_MAX];
    struct err e = {""};
    size_t n = t->shape[0] * t->shape[1];

    if (n > CELLS_MAX) {
        return;
    }
    if (oip_tensor_floats(t, x, &e) != RC_OK) {
        CHECK(e.text[0] != '\0');
        return;
    }
    for (size_t i = 0; i < n; i++) {
        CHECK(!isinf(x[i]));
    }
}

static void
read_texts(const struct oip_tensor *t)
{
    struct oip_texts texts = {.n = 0};
    struct err e = {""};
    volatile char last = 0;
    struct str text;
    enum rc rc;

    while ((rc = oip_tensor_text(t, &texts, &text, &e)) == RC_OK) {
        last = text.len > 0 ? text.p[text.len - 1] : last;
    }
    CHECK(rc == RC_NOT_FOUND ? texts.n == t->shape[0] : e.text[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct oip_fault fault = {.why = {""}};
    struct oip_request r;
    struct str body, length = {NULL, 0};
    char text[16];

    if (size < 2) {
        return 0;
    }
    body = (struct str){(const char *)data + 2, size - 2};
    if (data[0] != '{') {
        snprintf(text, sizeof(text), "%u", data[0] | data[1] << 8);
        length = str_of(text);
    }
    if (oip_request_read(&r, body, length, 2, &fault) != RC_OK) {
        CHECK(fault.why.text[0] != '\0' && fault.status != 0);
        return 0;
    }
    (r.by_user ? read_texts : read_floats)(&r.input);
    oip_request_fini(&r);
    return 0;
}
