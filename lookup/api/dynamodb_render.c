/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/dynamodb_render.h"

#include "common/base/number.h"
#include "common/table/record.h"

#include <inttypes.h>
#include <math.h>

/*
 *   {key: {"S"|"N"|"B"}, "source": {"S"}, "generation": {"N"}, "as_of": {"S"},
 *    "prediction": {"N"} or {"L": [{"N"}]},
 *    "items": {"L": [{"M": {"id": {"S"}, "score": {"N"}}}]},
 *    "stale": {"BOOL"}, "degraded": {"S"}}
 */

/* An item under construction. */
struct item {
    struct buf *out;
    const struct dynamodb_table *table;
    bool any;
};

/* Begin an attribute of ours; false: it is not wanted. */
static bool
begin(struct item *it, enum dynamodb_attribute attribute)
{
    static const char *const names[] = DYNAMODB_ATTRIBUTE_NAMES;

    if ((it->table->wanted >> attribute & 1) == 0) {
        return false;
    }
    buf_c(it->out, it->any ? ",\"" : "\"");
    buf_c(it->out, names[attribute]);
    buf_c(it->out, "\":");
    it->any = true;
    return true;
}

/* DynamoDB's numbers are finite. */
static void
put_number(struct buf *out, float v)
{
    char text[NUMBER_F32_MAX];

    if (!isfinite(v)) {
        buf_c(out, "{\"NULL\":true}");
        return;
    }
    buf_c(out, "{\"N\":\"");
    buf_put(out, text, number_format_f32(v, text));
    buf_c(out, "\"}");
}

static void
put_bytes(struct buf *out, struct str s)
{
    buf_c(out, "{\"B\":\"");
    buf_base64(out, s);
    buf_c(out, "\"}");
}

/* A text of ours or, if it is no text, bytes. */
static void
put_text(struct buf *out, struct str s)
{
    if (!str_is_utf8(s)) {
        put_bytes(out, s);
        return;
    }
    buf_c(out, "{\"S\":");
    buf_json_str(out, s);
    buf_char(out, '}');
}

static void
put_id(struct buf *out, const struct dynamodb_key *key)
{
    if (key->type == 'B') {
        put_bytes(out, key->id);
        return;
    }
    buf_c(out, key->type == 'N' ? "{\"N\":" : "{\"S\":");
    buf_json_str(out, key->id);
    buf_char(out, '}');
}

static void
put_outputs(struct buf *out, const struct prediction *p)
{
    if (p->n == 1) {
        put_number(out, p->y[0]);
        return;
    }
    for (size_t i = 0; i < p->n; i++) {
        buf_c(out, i == 0 ? "{\"L\":[" : ",");
        put_number(out, p->y[i]);
    }
    buf_c(out, "]}");
}

static void
put_items(struct buf *out, const struct catalogue *c,
          const struct prediction *p)
{
    buf_c(out, "{\"L\":[");
    for (size_t i = 0; i < p->n; i++) {
        buf_c(out, i == 0 ? "{\"M\":{\"id\":" : ",{\"M\":{\"id\":");
        put_text(out, catalogue_id(c, p->item[i].item));
        buf_c(out, ",\"score\":");
        put_number(out, p->item[i].score);
        buf_c(out, "}}");
    }
    buf_c(out, "]}");
}

static void
put_origin(struct item *it, const struct answer *a)
{
    static const char *const outcomes[] = OUTCOME_NAMES;

    if (begin(it, ATTRIBUTE_SOURCE)) {
        put_text(it->out, str_of(outcomes[a->outcome]));
    }
    if (begin(it, ATTRIBUTE_GENERATION)) {
        buf_printf(it->out, "{\"N\":\"%" PRIu64 "\"}", a->gen->number);
    }
    if (begin(it, ATTRIBUTE_AS_OF)) {
        put_text(it->out, str_of(a->gen->as_of));
    }
}

static void
put_marks(struct item *it, const struct answer *a)
{
    if (a->stale && begin(it, ATTRIBUTE_STALE)) {
        buf_c(it->out, "{\"BOOL\":true}");
    }
    if (a->degraded && begin(it, ATTRIBUTE_DEGRADED)) {
        buf_c(it->out, "{\"S\":\"store\"}");
    }
}

void
dynamodb_render_item(struct buf *out, const struct dynamodb_table *t,
                     const struct dynamodb_key *key, const struct answer *a)
{
    struct item it = {out, t, false};
    bool ranks = a->gen->info.kind == TABLE_RANKING;

    buf_char(out, '{');
    if ((t->wanted >> ATTRIBUTE_KEY & 1) != 0) {
        buf_json_str(out, str_of(t->key_name));
        buf_char(out, ':');
        put_id(out, key);
        it.any = true;
    }
    put_origin(&it, a);
    if (!ranks && begin(&it, ATTRIBUTE_PREDICTION)) {
        put_outputs(out, a->prediction);
    }
    if (ranks && begin(&it, ATTRIBUTE_ITEMS)) {
        put_items(out, a->gen->catalogue, a->prediction);
    }
    put_marks(&it, a);
    buf_char(out, '}');
}

void
dynamodb_render_key(struct buf *out, const struct dynamodb_table *t,
                    const struct dynamodb_key *key)
{
    buf_char(out, '{');
    buf_json_str(out, str_of(t->key_name));
    buf_char(out, ':');
    put_id(out, key);
    buf_char(out, '}');
}

void
dynamodb_render_capacity(struct buf *out, const struct dynamodb_table *t,
                         enum dynamodb_capacity capacity)
{
    /* A read of up to 4 KiB is one unit, half of one if it may be old. */
    double units = (double)t->nkey * (t->consistent ? 1 : 0.5);

    buf_c(out, "{\"TableName\":");
    buf_json_str(out, str_of(t->name));
    buf_printf(out, ",\"CapacityUnits\":%.1f", units);
    if (capacity == CAPACITY_INDEXES) {
        buf_printf(out, ",\"Table\":{\"CapacityUnits\":%.1f}", units);
    }
    buf_char(out, '}');
}

static void
put_size(struct buf *out, const struct generation_info *info)
{
    size_t n = info->kind == TABLE_RANKING ? info->top : info->outputs;

    buf_printf(out,
               ",\"CreationDateTime\":%.3f,\"ItemCount\":%" PRIu64
               ",\"TableSizeBytes\":%" PRIu64,
               (double)info->created_us / 1e6, info->rows,
               info->rows * record_size(info->encoding, n));
}

void
dynamodb_render_table(struct buf *out, const struct table_view *view)
{
    buf_printf(out,
               "{\"Table\":{\"TableName\":\"%s\",\"TableStatus\":\"%s\","
               "\"TableArn\":\"arn:aws:dynamodb:lookup:000000000000:table/"
               "%s\",\"AttributeDefinitions\":[{\"AttributeName\":\"user_id\","
               "\"AttributeType\":\"S\"}],\"KeySchema\":[{\"AttributeName\":"
               "\"user_id\",\"KeyType\":\"HASH\"}],\"BillingModeSummary\":"
               "{\"BillingMode\":\"PAY_PER_REQUEST\"}",
               view->name, view->live == NULL ? "CREATING" : "ACTIVE",
               view->name);
    if (view->live != NULL) {
        put_size(out, &view->live->info);
    }
    buf_c(out, "}}");
}
