/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * record - one user's prediction, packed (little-endian).
 *
 *   f32        outputs x float32
 *   topk-u16   up to top x (u16 item, float32 score), 6 bytes, best first
 *   topk-u32   up to top x (u32 item, float32 score), 8 bytes, best first
 *   features   u64 updated_us, n x float32 in schema order
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum record_encoding {
    RECORD_F32,
    RECORD_TOPK_U16,
    RECORD_TOPK_U32,
};

struct record_item {
    uint32_t item; /* index in the catalogue */
    float score;
};

/* "f32", "topk-u16", "topk-u32"; parse is false for anything else. */
const char *record_encoding_name(enum record_encoding enc);
bool record_encoding_parse(struct str name, enum record_encoding *enc);

/* Bytes of n outputs or items. */
size_t record_size(enum record_encoding enc, size_t n);

/* Write n floats / items; out has record_size() bytes. Returns that. */
size_t record_put_f32(char *out, const float *y, size_t n);
size_t record_put_items(enum record_encoding enc, char *out,
                        const struct record_item *item, size_t n);

/* RC_INVAL when rec is not exactly n floats. */
MUST_USE enum rc record_get_f32(struct str rec, float *y, size_t n);

/*
 * *n: items in rec, at most max. RC_INVAL when the length does not divide,
 * there are more, or an item index is not below nitem; item is then undefined.
 */
MUST_USE enum rc record_get_items(enum record_encoding enc, struct str rec,
                                  struct record_item *item, size_t max,
                                  uint32_t nitem, size_t *n);

/* A feature row: 8 + 4 * n bytes. Any NaN is written as 0x7fc00000. */
size_t record_put_features(char *out, uint64_t updated_us, const float *x,
                           size_t n);
MUST_USE enum rc record_get_features(struct str rec, uint64_t *updated_us,
                                     float *x, size_t n);
