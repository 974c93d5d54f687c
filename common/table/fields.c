/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/fields.h"

void
fields_put(void *buf, struct str name, struct str value)
{
    const uint16_t name_len = (uint16_t)name.len;
    const uint32_t value_len = (uint32_t)value.len;

    buf_put(buf, &name_len, sizeof(name_len));
    buf_put(buf, &value_len, sizeof(value_len));
    buf_str(buf, name);
    buf_str(buf, value);
}

/* The first n bytes of *rest; false: there are not so many. */
static bool
take(struct str *rest, size_t n, struct str *out)
{
    if (n > rest->len) {
        return false;
    }
    *out = (struct str){rest->p, n};
    rest->p += n;
    rest->len -= n;
    return true;
}

enum rc
fields_each(struct str bytes, fields_fn fn, void *arg, struct err *e)
{
    enum rc rc = RC_OK;

    while (bytes.len > 0 && rc == RC_OK) {
        struct str head, name, value;
        uint16_t name_len;
        uint32_t value_len;

        if (!take(&bytes, sizeof(name_len) + sizeof(value_len), &head)) {
            return err_set(e, RC_INVAL, "it ends within a field");
        }
        memcpy(&name_len, head.p, sizeof(name_len));
        memcpy(&value_len, head.p + sizeof(name_len), sizeof(value_len));
        if (!take(&bytes, name_len, &name) ||
            !take(&bytes, value_len, &value)) {
            return err_set(e, RC_INVAL, "it ends within a field");
        }
        rc = fn(arg, name, value, e);
    }
    return rc;
}
