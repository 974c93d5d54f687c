/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths: segments put together again are the path; what decodes, encodes to
 * what decodes the same.
 */
#include "common/base/check.h"
#include "common/base/str.h"
#include "common/table/keyspace.h"
#include "lookup/api/path.h"

#include <stdint.h>
#include <stdio.h>

#define SEGMENTS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_decode(struct str raw)
{
    char first[USER_MAX], second[USER_MAX], escaped[3 * USER_MAX + 1];
    size_t n, m;

    if (path_decode(raw, first, sizeof(first), &n) != RC_OK) {
        CHECK(raw.len > USER_MAX || memchr(raw.p, '%', raw.len) != NULL);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        snprintf(escaped + 3 * i, 4, "%%%02X", (unsigned char)first[i]);
    }
    CHECK(path_decode((struct str){escaped, 3 * n}, second, n, &m) == RC_OK);
    CHECK(m == n && memcmp(first, second, n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str segment[SEGMENTS_MAX];
    struct str path = {(const char *)data, size};
    size_t n, bytes = 0;

    if (size == 0 || data[0] != '/') {
        return 0;
    }
    n = path_split(path, segment, SEGMENTS_MAX);
    for (size_t i = 0; i < n && i < SEGMENTS_MAX; i++) {
        CHECK(segment[i].p == path.p + bytes + 1);
        CHECK(memchr(segment[i].p, '/', segment[i].len) == NULL);
        bytes += 1 + segment[i].len;
        check_decode(segment[i]);
    }
    CHECK(n > SEGMENTS_MAX || bytes == size);
    return 0;
}
