/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/dynamodb_answer.h"

#include "lookup/api/dynamodb_render.h"

#include <cjson/cJSON.h>

bool
dynamodb_is_passing(enum answer_code code)
{
    return code == ANSWER_STORE_UNAVAILABLE ||
           code == ANSWER_TABLE_UNAVAILABLE || code == ANSWER_TOO_COSTLY;
}

void
dynamodb_answer_item(struct buf *out, const struct dynamodb_read *r,
                     const struct answer *a)
{
    bool any = a->code == ANSWER_OK;

    buf_char(out, '{');
    if (any) {
        buf_c(out, "\"Item\":");
        dynamodb_render_item(out, &r->table[0], &r->key[0], a);
    }
    if (r->capacity != CAPACITY_NONE) {
        buf_c(out, any ? "," : "");
        buf_c(out, "\"ConsumedCapacity\":");
        dynamodb_render_capacity(out, &r->table[0], r->capacity);
    }
    buf_char(out, '}');
}

/* The items of a table whose keys begin at `first`. */
static void
put_items(struct buf *out, const struct dynamodb_read *r,
          const struct dynamodb_table *t, size_t first, const struct batch *b)
{
    bool any = false;

    buf_json_str(out, str_of(t->name));
    buf_c(out, ":[");
    for (size_t i = first; i < first + t->nkey; i++) {
        const struct answer *a = batch_answer(b, i);

        if (a->code == ANSWER_OK) {
            buf_c(out, any ? "," : "");
            dynamodb_render_item(out, t, &r->key[i], a);
            any = true;
        }
    }
    buf_char(out, ']');
}

/* All that was said of a table but its keys. */
static void
put_manner(struct buf *out, const struct dynamodb_table *t)
{
    const cJSON *it;

    cJSON_ArrayForEach(it, t->request)
    {
        char *text =
            strcmp(it->string, "Keys") == 0 ? NULL : cJSON_PrintUnformatted(it);

        if (text != NULL) {
            buf_char(out, ',');
            buf_json_str(out, str_of(it->string));
            buf_char(out, ':');
            buf_c(out, text);
            cJSON_free(text);
        }
    }
}

/* What is to be asked again of a table, as a request; false: nothing. */
static bool
put_unprocessed(struct buf *out, const struct dynamodb_read *r,
                const struct dynamodb_table *t, size_t first,
                const struct batch *b, const char *before)
{
    bool any = false;

    for (size_t i = first; i < first + t->nkey; i++) {
        if (dynamodb_is_passing(batch_answer(b, i)->code)) {
            buf_c(out, any ? "," : before);
            if (!any) {
                buf_json_str(out, str_of(t->name));
                buf_c(out, ":{\"Keys\":[");
            }
            dynamodb_render_key(out, t, &r->key[i]);
            any = true;
        }
    }
    if (any) {
        buf_char(out, ']');
        put_manner(out, t);
        buf_char(out, '}');
    }
    return any;
}

static void
put_capacities(struct buf *out, const struct dynamodb_read *r)
{
    buf_c(out, ",\"ConsumedCapacity\":[");
    for (size_t i = 0; i < r->ntable; i++) {
        buf_c(out, i == 0 ? "" : ",");
        dynamodb_render_capacity(out, &r->table[i], r->capacity);
    }
    buf_char(out, ']');
}

void
dynamodb_answer_batch(struct buf *out, const struct dynamodb_read *r,
                      const struct batch *b)
{
    size_t first = 0;
    bool any = false;

    buf_c(out, "{\"Responses\":{");
    for (size_t i = 0; i < r->ntable; first += r->table[i++].nkey) {
        buf_c(out, i == 0 ? "" : ",");
        put_items(out, r, &r->table[i], first, b);
    }
    buf_c(out, "},\"UnprocessedKeys\":{");
    first = 0;
    for (size_t i = 0; i < r->ntable; first += r->table[i++].nkey) {
        any |= put_unprocessed(out, r, &r->table[i], first, b, any ? "," : "");
    }
    buf_char(out, '}');
    if (r->capacity != CAPACITY_NONE) {
        put_capacities(out, r);
    }
    buf_char(out, '}');
}
