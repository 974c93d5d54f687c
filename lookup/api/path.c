/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/path.h"

#include "common/base/number.h"

size_t
path_split(struct str path, struct str *segment, size_t max)
{
    struct str rest = {path.p + 1, path.len - 1};
    size_t n = 0;

    while (rest.p != NULL) {
        struct str one = str_cut(&rest, '/');

        if (n < max) {
            segment[n] = one;
        }
        n++;
    }
    return n;
}

enum rc
path_decode(struct str raw, char *out, size_t cap, size_t *len)
{
    size_t n = 0;

    if (raw.len <= cap && raw.len > 0 && memchr(raw.p, '%', raw.len) == NULL) {
        memcpy(out, raw.p, raw.len);
        *len = raw.len;
        return RC_OK;
    }
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.p[i];

        if (c == '%') {
            int hi = i + 2 < raw.len ? number_hex_digit(raw.p[i + 1]) : -1;
            int lo = hi < 0 ? -1 : number_hex_digit(raw.p[i + 2]);

            if (lo < 0) {
                return RC_INVAL;
            }
            c = (char)(hi * 16 + lo);
            i += 2;
        }
        if (n == cap) {
            return RC_FULL;
        }
        out[n++] = c;
    }
    *len = n;
    return RC_OK;
}
