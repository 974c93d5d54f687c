/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request bodies: what is refused is explained, what is accepted prints as
 * JSON that is accepted.
 */
#include "common/base/check.h"
#include "lookup/api/json.h"

#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct err e = {""};
    cJSON *root, *again;

    if (json_parse(text, JSON_VALUES, &root, &e) != RC_OK) {
        CHECK(e.text[0] != '\0');
        return 0;
    }
    char *printed = cJSON_PrintUnformatted(root);

    CHECK(printed != NULL);
    CHECK(json_parse(str_of(printed), JSON_VALUES, &again, &e) == RC_OK);
    free(printed);
    cJSON_Delete(root);
    cJSON_Delete(again);
    return 0;
}
