/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   type u8 | length | listpack                              | version | crc64
 *             5 bytes  size u32 | count u16 | entry... | 0xff   u16
 *
 * The length of the listpack is in the form that is as long for any, so that
 * it can be filled in at the end. An entry is
 *
 *   kind and length (1 or 2 bytes) | bytes | how long both are (1 or 2 bytes)
 *
 * and always a string, numbers among the ids too: Redis compares what it finds
 * by what it is.
 */
#include "batchgen/payload.h"

#include <string.h>

#define TYPE_HASH_LISTPACK 16
#define RDB_VERSION        10   /* Redis 7.0, the first that knows this type */
#define LENGTH_32          0x80 /* four bytes of length follow, high first */
#define LENGTH_SIZE        5
#define LISTPACK_AT        (1 + LENGTH_SIZE)
#define LISTPACK_HEAD      6
#define LISTPACK_END       0xff
#define ENTRY_6            0x80 /* its length is in the lower 6 bits... */
#define ENTRY_12           0xe0 /* ...or in 12, the high 4 here */
#define ENTRY_MAX          4095
#define COUNT_MAX          65534 /* one more says "count them" */
#define PAYLOAD_MAX        ((size_t)1 << 30)

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "numbers are written as they lie in memory");

void
payload_init(struct payload *p, const struct payload_limits *limits)
{
    p->limits = *limits;
    p->fields = 0;
    p->fits = false;
    crc64_init(&p->crc);
    buf_init(&p->bytes, PAYLOAD_MAX);
}

void
payload_fini(struct payload *p)
{
    buf_fini(&p->bytes);
}

void
payload_begin(struct payload *p)
{
    static const char head[LISTPACK_AT + LISTPACK_HEAD] = {
        TYPE_HASH_LISTPACK,
        (char)LENGTH_32,
    };

    buf_clear(&p->bytes);
    buf_put(&p->bytes, head, sizeof(head));
    p->fields = 0;
    p->fits = true;
}

static void
put_entry(struct buf *out, struct str s)
{
    char *begin = buf_reserve(out, s.len + 4);
    char *p = begin;
    size_t len;

    if (p == NULL) {
        return;
    }
    if (s.len < 64) {
        *p++ = (char)(ENTRY_6 | s.len);
    } else {
        *p++ = (char)(ENTRY_12 | s.len >> 8);
        *p++ = (char)s.len;
    }
    memcpy(p, s.p, s.len);
    p += s.len;
    len = (size_t)(p - begin);
    if (len > 127) { /* read from its end: seven bits, 128 says more follow */
        *p++ = (char)(len >> 7);
        len = (len & 127) | 128;
    }
    *p++ = (char)len;
    out->len += (size_t)(p - begin);
}

void
payload_add(struct payload *p, struct str field, struct str value)
{
    uint64_t longest = field.len > value.len ? field.len : value.len;

    p->fields++;
    p->fits = p->fits && longest <= p->limits.value && longest <= ENTRY_MAX &&
              p->fields <= p->limits.entries && 2 * p->fields <= COUNT_MAX;
    if (p->fits) {
        put_entry(&p->bytes, field);
        put_entry(&p->bytes, value);
    }
}

bool
payload_end(struct payload *p, struct str *out)
{
    struct buf *b = &p->bytes;
    uint32_t size, size_high_first;
    uint16_t count = (uint16_t)(2 * p->fields);
    uint16_t version = RDB_VERSION;
    uint64_t crc;

    buf_char(b, (char)LISTPACK_END);
    if (!p->fits || buf_failed(b)) {
        return false;
    }
    size = (uint32_t)(b->len - LISTPACK_AT);
    size_high_first = __builtin_bswap32(size);
    memcpy(b->p + 2, &size_high_first, sizeof(size_high_first));
    memcpy(b->p + LISTPACK_AT, &size, sizeof(size));
    memcpy(b->p + LISTPACK_AT + sizeof(size), &count, sizeof(count));
    buf_put(b, &version, sizeof(version));
    crc = crc64_of(&p->crc, buf_view(b));
    buf_put(b, &crc, sizeof(crc));
    *out = buf_view(b);
    return !buf_failed(b);
}
