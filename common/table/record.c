/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/record.h"

#include "common/base/check.h"

#include <math.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "records are little-endian and copied as they are");

#define FEATURES_HEAD 8
#define MISSING       0x7fc00000 /* whichever NaN stood for it in memory */

static const char *const names[] = {"f32", "topk-u16", "topk-u32"};
static const size_t widths[] = {4, 6, 8};

const char *
record_encoding_name(enum record_encoding enc)
{
    return names[enc];
}

bool
record_encoding_parse(struct str name, enum record_encoding *enc)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (str_eq(name, str_of(names[i]))) {
            *enc = (enum record_encoding)i;
            return true;
        }
    }
    return false;
}

size_t
record_size(enum record_encoding enc, size_t n)
{
    return widths[enc] * n;
}

size_t
record_put_f32(char *out, const float *y, size_t n)
{
    memcpy(out, y, n * sizeof(float));
    return n * sizeof(float);
}

size_t
record_put_items(enum record_encoding enc, char *out,
                 const struct record_item *item, size_t n)
{
    size_t index_size = widths[enc] - sizeof(float);

    CHECK(enc != RECORD_F32);
    for (size_t i = 0; i < n; i++) {
        CHECK(enc == RECORD_TOPK_U32 || item[i].item <= UINT16_MAX);
        memcpy(out, &item[i].item, index_size);
        memcpy(out + index_size, &item[i].score, sizeof(float));
        out += widths[enc];
    }
    return n * widths[enc];
}

/* Without a product: a damaged count could make it wrap around. */
static bool
is_floats(size_t len, size_t n)
{
    return len % sizeof(float) == 0 && len / sizeof(float) == n;
}

enum rc
record_get_f32(struct str rec, float *y, size_t n)
{
    if (!is_floats(rec.len, n)) {
        return RC_INVAL;
    }
    memcpy(y, rec.p, rec.len);
    return RC_OK;
}

enum rc
record_get_items(enum record_encoding enc, struct str rec,
                 struct record_item *item, size_t max, uint32_t nitem,
                 size_t *n)
{
    size_t index_size = widths[enc] - sizeof(float);
    size_t count = rec.len / widths[enc];

    CHECK(enc != RECORD_F32);
    if (rec.len % widths[enc] != 0 || count > max) {
        return RC_INVAL;
    }
    for (size_t i = 0; i < count; i++) {
        const char *p = rec.p + i * widths[enc];

        item[i].item = 0;
        memcpy(&item[i].item, p, index_size);
        memcpy(&item[i].score, p + index_size, sizeof(float));
        if (item[i].item >= nitem) {
            return RC_INVAL;
        }
    }
    *n = count;
    return RC_OK;
}

size_t
record_put_features(char *out, uint64_t updated_us, const float *x, size_t n)
{
    memcpy(out, &updated_us, FEATURES_HEAD);
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = MISSING;

        if (!isnan(x[i])) {
            memcpy(&bits, &x[i], sizeof(bits));
        }
        memcpy(out + FEATURES_HEAD + i * sizeof(bits), &bits, sizeof(bits));
    }
    return FEATURES_HEAD + n * sizeof(float);
}

enum rc
record_get_features(struct str rec, uint64_t *updated_us, float *x, size_t n)
{
    if (rec.len < FEATURES_HEAD || !is_floats(rec.len - FEATURES_HEAD, n)) {
        return RC_INVAL;
    }
    memcpy(updated_us, rec.p, FEATURES_HEAD);
    memcpy(x, rec.p + FEATURES_HEAD, n * sizeof(float));
    return RC_OK;
}
