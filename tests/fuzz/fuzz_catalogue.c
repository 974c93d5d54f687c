/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a stored catalogue: what passes is written as it was read.
 */
#include "common/base/check.h"
#include "common/model/catalogue.h"

#include <stdint.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str in = {(const char *)data, size};
    struct catalogue *c = NULL;
    struct err e = {""};
    struct buf out;

    if (catalogue_from_bytes(&c, in, &e) != RC_OK) {
        CHECK(c == NULL && e.text[0] != '\0');
        return 0;
    }
    buf_init(&out, size + 1);
    catalogue_to_bytes(c, &out);
    CHECK(str_eq(buf_view(&out), in));
    CHECK(catalogue_size(c) > 0);
    buf_fini(&out);
    catalogue_destroy(&c);
    return 0;
}
