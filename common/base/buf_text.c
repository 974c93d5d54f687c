/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/buf.h"

/* The letter of a two-byte JSON escape, 0 for one that needs \u00xx. */
static char
short_escape(unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static bool
needs_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

static void
put_escape(struct buf *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char letter = short_escape(c);

    if (letter != 0) {
        buf_put(b, (char[]){'\\', letter}, 2);
        return;
    }
    buf_c(b, "\\u00");
    buf_put(b, (char[]){hex[c >> 4], hex[c & 15]}, 2);
}

void
buf_json_str(struct buf *b, struct str s)
{
    size_t from = 0;

    buf_char(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (needs_escape(c)) {
            buf_put(b, s.p + from, i - from);
            put_escape(b, c);
            from = i + 1;
        }
    }
    if (from < s.len) {
        buf_put(b, s.p + from, s.len - from);
    }
    buf_char(b, '"');
}

void
buf_base64(struct buf *b, struct str s)
{
    static const char letter[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)s.p;

    for (size_t i = 0; i < s.len; i += 3) {
        size_t left = s.len - i;
        unsigned v = (unsigned)p[i] << 16;
        char out[4];

        v |= left > 1 ? (unsigned)p[i + 1] << 8 : 0;
        v |= left > 2 ? p[i + 2] : 0;
        out[0] = letter[v >> 18];
        out[1] = letter[v >> 12 & 63];
        out[2] = left > 1 ? letter[v >> 6 & 63] : '=';
        out[3] = left > 2 ? letter[v & 63] : '=';
        buf_put(b, out, sizeof(out));
    }
}

/* Nearly every id: room is made once, and all written into it. */
static void
put_plain(struct buf *b, struct str name, struct str id)
{
    char *to = buf_reserve(b, name.len + id.len + sizeof("\"\":\"\"") - 1);

    if (to == NULL) {
        return;
    }
    *to = '"';
    to = mempcpy(to + 1, name.p, name.len);
    to = mempcpy(mempcpy(to, "\":\"", 3), id.p, id.len);
    *to++ = '"';
    b->len = (size_t)(to - b->p);
}

void
buf_json_id(struct buf *b, const char *name, struct str id)
{
    if (id.len > 0 && str_is_plain(id)) {
        put_plain(b, str_of(name), id);
        return;
    }
    buf_char(b, '"');
    buf_c(b, name);
    if (str_is_utf8(id)) {
        buf_c(b, "\":");
        buf_json_str(b, id);
    } else {
        buf_c(b, "_b64\":\"");
        buf_base64(b, id);
        buf_char(b, '"');
    }
}
