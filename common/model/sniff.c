/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/sniff.h"

#include "common/model/binary.h"

/* The first character behind blanks, 0 when there is none. */
static char
first_of(struct str s)
{
    s = str_trim(s);
    return s.len == 0 ? '\0' : s.p[0];
}

/*
 * libxgboost takes what begins with '{' for a model: JSON when a quote comes
 * next, UBJSON when a letter does.
 */
static enum sniff
sniff_object(struct str bytes)
{
    char next;

    bytes = (struct str){bytes.p + 1, bytes.len - 1};
    bytes.len = bytes.len > 256 ? 256 : bytes.len;
    next = first_of(bytes);
    if (next == '"') {
        return SNIFF_JSON;
    }
    return bytes.len > 0 && bytes.p[0] == 'L' ? SNIFF_UBJSON : SNIFF_FOREIGN;
}

enum sniff
sniff(struct str bytes)
{
    struct binary_model m;

    if (bytes.len > 0 && bytes.p[0] == '{') {
        return sniff_object(bytes);
    }
    if (str_starts(bytes, STR("\x1f\x8b"))) {
        return SNIFF_GZIP;
    }
    if (bytes.len > 262 && memcmp(bytes.p + 257, "ustar", 5) == 0) {
        return SNIFF_TAR;
    }
    if (bytes.len > 2 && bytes.p[0] == '\x80' && bytes.p[1] >= 2 &&
        bytes.p[1] <= 5) {
        return SNIFF_PICKLE;
    }
    if (str_starts(bytes, STR("CONFIG-offset:"))) {
        return SNIFF_SNAPSHOT;
    }
    return binary_open(bytes, &m) ? SNIFF_BINARY : SNIFF_FOREIGN;
}
