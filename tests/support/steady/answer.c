/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/steady/answer.h"

#include "common/base/number.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

static bool
parse_status(struct str line, int *status)
{
    struct str version = str_cut(&line, ' ');
    uint64_t code;

    if (!str_eq(version, STR("HTTP/1.1")) ||
        !number_parse_u64(str_cut(&line, ' '), &code)) {
        return false;
    }
    *status = (int)code;
    return true;
}

ssize_t
answer_parse(const char *p, size_t n, struct answer *a)
{
    const char *end = memmem(p, n, "\r\n\r\n", 4);
    struct str rest = {p, n};
    uint64_t length = UINT64_MAX;
    size_t head;

    if (end == NULL) {
        return -2;
    }
    head = (size_t)(end - p) + 4;
    rest.len = head - 2;
    *a = (struct answer){0};
    if (!parse_status(str_trim(str_cut(&rest, '\n')), &a->status)) {
        return -1;
    }
    while (rest.p != NULL) {
        struct str value = str_cut(&rest, '\n');
        struct str name = str_cut(&value, ':');

        value = str_trim(value);
        if (str_eq_nocase(name, STR("content-length")) &&
            !number_parse_u64(value, &length)) {
            return -1;
        }
        if (str_eq_nocase(name, STR("connection"))) {
            a->closes = str_eq_nocase(value, STR("close"));
        }
    }
    if (length == UINT64_MAX) {
        return -1;
    }
    if (n - head < length) {
        return -2;
    }
    a->body = (struct str){p + head, length};
    return (ssize_t)(head + length);
}

static void
copy_text(const cJSON *root, const char *name, char *out, size_t cap)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, name);

    out[0] = '\0';
    if (cJSON_IsString(item)) {
        (void)str_copy(str_of(item->valuestring), out, cap);
    }
}

/*
 * Through a double: the text of a float32 is never so near the middle of two
 * that rounding twice could tell.
 */
bool
answer_prediction(const struct answer *a, struct prediction *out)
{
    cJSON *root = cJSON_ParseWithLength(a->body.p, a->body.len);
    const cJSON *item;

    *out = (struct prediction){.value = NAN};
    if (!cJSON_IsObject(root)) {
        cJSON_Delete(root);
        return false;
    }
    copy_text(root, "user", out->user, sizeof(out->user));
    copy_text(root, "source", out->source, sizeof(out->source));
    item = cJSON_GetObjectItemCaseSensitive(root, "generation");
    if (cJSON_IsNumber(item)) {
        out->generation = (uint64_t)item->valuedouble;
    }
    item = cJSON_GetObjectItemCaseSensitive(root, "prediction");
    if (cJSON_IsNumber(item)) {
        out->value = (float)item->valuedouble;
    }
    cJSON_Delete(root);
    return true;
}
