/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes are unwrapped and repaired, or refused with a text; libxgboost has
 * no part in it.
 */
#include "common/base/check.h"
#include "common/model/structure.h"
#include "common/model/unwrap.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct unwrapped u;
    struct err e = {""};
    enum rc rc = unwrap(bytes, &u, &e);

    CHECK(rc == RC_OK || (rc == RC_REFUSED && e.text[0] != '\0'));
    CHECK(rc != RC_OK || u.bytes.len > 0);
    unwrap_fini(&u);
    rc = structure_check(bytes, &e);
    CHECK(rc == RC_OK || rc == RC_REFUSED);
    return 0;
}
