/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a Redis URL: refused with a sentence, or wholly understood. */
#include "common/base/check.h"
#include "common/table/topology.h"

#include <stdint.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct topology t;
    struct err e = {""};
    char name[300];

    if (topology_parse(&t, (struct str){(const char *)data, size}, &e) !=
        RC_OK) {
        CHECK(e.text[0] != '\0');
        return 0;
    }
    CHECK((t.path[0] == '/') != (t.host[0] != '\0'));
    CHECK(t.path[0] != '\0' || t.port != 0);
    CHECK(strlen(topology_name(&t, name)) > 0);
    return 0;
}
