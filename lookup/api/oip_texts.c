/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_tensor.h"

#include <cjson/cJSON.h>
#include <stdint.h>

static enum rc
next_json(const struct oip_tensor *t, struct oip_texts *texts, struct str *text,
          struct err *e)
{
    const cJSON *it = texts->n == 0 ? t->data->child : texts->next;

    if (it == NULL) {
        return RC_NOT_FOUND;
    }
    if (!cJSON_IsString(it)) {
        return err_set(e, RC_INVAL, "element %zu of data is not a text",
                       texts->n);
    }
    *text = str_of(it->valuestring);
    texts->next = it->next;
    return RC_OK;
}

static enum rc
next_binary(const struct oip_tensor *t, struct oip_texts *texts,
            struct str *text, struct err *e)
{
    size_t left = t->binary.len - texts->at;
    uint32_t len = 0;

    if (left == 0) {
        return RC_NOT_FOUND;
    }
    if (left >= sizeof(len)) {
        memcpy(&len, t->binary.p + texts->at, sizeof(len));
    }
    if (left < sizeof(len) || len > left - sizeof(len)) {
        return err_set(e, RC_INVAL, "element %zu of binary data is not whole",
                       texts->n);
    }
    *text = (struct str){t->binary.p + texts->at + sizeof(len), len};
    texts->at += sizeof(len) + len;
    return RC_OK;
}

enum rc
oip_tensor_text(const struct oip_tensor *t, struct oip_texts *texts,
                struct str *text, struct err *e)
{
    enum rc rc = t->data == NULL ? next_binary(t, texts, text, e)
                                 : next_json(t, texts, text, e);

    if (rc == RC_OK) {
        texts->n++;
    }
    if ((rc == RC_NOT_FOUND && texts->n != t->shape[0]) ||
        (rc == RC_OK && texts->n > t->shape[0])) {
        return err_set(e, RC_INVAL, "data has not %zu texts, as the shape says",
                       t->shape[0]);
    }
    return rc;
}
