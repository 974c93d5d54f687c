/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis_command.h"

static void
put_bulk(struct buf *out, struct str s)
{
    buf_char(out, '$');
    buf_u64(out, s.len);
    buf_str(out, STR("\r\n"));
    buf_str(out, s);
    buf_str(out, STR("\r\n"));
}

void
redis_command_read(struct buf *out, const struct store_read *r)
{
    if (r->field.p == NULL) {
        buf_str(out, STR("*2\r\n$6\r\nEXISTS\r\n"));
        put_bulk(out, r->key);
    } else {
        buf_str(out, STR("*3\r\n$4\r\nHGET\r\n"));
        put_bulk(out, r->key);
        put_bulk(out, r->field);
    }
}

void
redis_command_words(struct buf *out, const struct store_command *c)
{
    buf_char(out, '*');
    buf_u64(out, c->nword);
    buf_str(out, STR("\r\n"));
    for (size_t i = 0; i < c->nword; i++) {
        put_bulk(out, c->word[i]);
    }
}
