/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * crc64 - the checksum at the end of what RESTORE takes: Jones' polynomial,
 * reflected, begun with 0.
 */
#include "common/base/str.h"

#include <stdint.h>

/* table[i][b]: what byte b does to the sum when i bytes follow it. */
struct crc64 {
    uint64_t table[8][256];
};

/* 16 KiB of tables, made anew: once for each writer. */
void crc64_init(struct crc64 *c);

/* Of all the bytes at once. */
uint64_t crc64_of(const struct crc64 *c, struct str bytes);
