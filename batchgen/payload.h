/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * payload - a bucket in the form RESTORE takes: a hash that is one listpack.
 * Redis stores it as it is, five times faster than it adds fields one by one.
 * payload.c draws it; the format is that of Redis 7.0's rdb.h and listpack.c.
 */
#include "batchgen/crc64.h"
#include "common/base/buf.h"

#include <stdbool.h>

/* What Redis keeps as a listpack; its own limits if nobody set others. */
struct payload_limits {
    uint64_t value;   /* bytes of a field or a value */
    uint64_t entries; /* fields of a hash */
};
#define PAYLOAD_LIMITS_REDIS                                                   \
    ((struct payload_limits){.value = 64, .entries = 128})

struct payload {
    struct crc64 crc;
    struct payload_limits limits;
    struct buf bytes;
    size_t fields;
    bool fits; /* all that was added is within the limits */
};

/* limits are copied. */
void payload_init(struct payload *p, const struct payload_limits *limits);
void payload_fini(struct payload *p);

/* Begin a hash, add its fields, all different. */
void payload_begin(struct payload *p);
void payload_add(struct payload *p, struct str field, struct str value);

/*
 * Finish it: *out is valid until the next begin. False when Redis would not
 * keep such a hash as a listpack, or there is no memory: it is to be sent
 * field by field.
 */
bool payload_end(struct payload *p, struct str *out);
