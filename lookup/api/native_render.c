/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native_render.h"

#include "common/base/hash.h"
#include "common/base/number.h"

#include <math.h>

static const char *const outcomes[] = OUTCOME_NAMES;

void
native_render_float(struct buf *out, float v)
{
    char *to = isfinite(v) ? buf_reserve(out, NUMBER_F32_MAX) : NULL;

    if (to != NULL) {
        out->len += number_format_f32(v, to);
    } else {
        buf_c(out, "null");
    }
}

/* A number, or a list for several outputs. */
static void
put_prediction(struct buf *out, const float *y, size_t n)
{
    if (n == 1) {
        native_render_float(out, y[0]);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        buf_char(out, i == 0 ? '[' : ',');
        native_render_float(out, y[i]);
    }
    buf_char(out, ']');
}

static void
put_items(struct buf *out, const struct catalogue *c,
          const struct prediction *p, size_t k)
{
    buf_char(out, '[');
    for (size_t i = 0; i < p->n && i < k; i++) {
        buf_c(out, i == 0 ? "{" : ",{");
        buf_json_id(out, "id", catalogue_id(c, p->item[i].item));
        buf_c(out, ",\"score\":");
        native_render_float(out, p->item[i].score);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void
put_value(struct buf *out, const struct generation *gen,
          const struct prediction *p, size_t k)
{
    if (gen->info.kind == TABLE_RANKING) {
        put_items(out, gen->catalogue, p, k);
    } else {
        put_prediction(out, p->y, p->n);
    }
}

void
native_render_prediction(struct buf *out, const struct generation *gen,
                         const struct prediction *p, size_t k)
{
    buf_c(out,
          gen->info.kind == TABLE_RANKING ? "\"items\":" : "\"prediction\":");
    put_value(out, gen, p, k);
}

static void
put_source(struct buf *out, const struct answer *a)
{
    buf_c(out, ",\"source\":\"");
    buf_c(out, outcomes[a->outcome]);
    buf_c(out, "\",");
}

static void
put_marks(struct buf *out, const struct answer *a)
{
    if (a->stale) {
        buf_c(out, ",\"stale\":true");
    }
    if (a->degraded) {
        buf_c(out, ",\"degraded\":\"store\"");
    }
    buf_char(out, '}');
}

void
native_render_answer(struct buf *out, const char *table, struct str user,
                     size_t k, const struct answer *a)
{
    buf_c(out, "{\"table\":\"");
    buf_c(out, table);
    buf_c(out, "\",");
    buf_json_id(out, "user", user);
    if (a->outcome == OUTCOME_PRECOMPUTED) {
        buf_put(out, a->gen->stored, a->gen->stored_len);
        put_value(out, a->gen, a->prediction, k);
    } else {
        put_source(out, a);
        buf_put(out, a->gen->stamp, a->gen->stamp_len);
        buf_char(out, ',');
        native_render_prediction(out, a->gen, a->prediction, k);
    }
    put_marks(out, a);
}

void
native_render_result(struct buf *out, struct str user, size_t k,
                     const struct answer *a, const char *error)
{
    buf_char(out, '{');
    buf_json_id(out, "user", user);
    if (error != NULL) {
        buf_c(out, ",\"error\":{\"code\":\"");
        buf_c(out, error);
        buf_c(out, "\"}}");
        return;
    }
    put_source(out, a);
    native_render_prediction(out, a->gen, a->prediction, k);
    put_marks(out, a);
}

void
native_render_batch_head(struct buf *out, const char *table,
                         const struct generation *gen)
{
    buf_c(out, "{\"table\":\"");
    buf_c(out, table);
    buf_c(out, "\",");
    buf_put(out, gen->stamp, gen->stamp_len);
    buf_c(out, ",\"results\":[");
}

size_t
native_etag(const struct answer *a, char out[ETAG_MAX])
{
    if (a->outcome != OUTCOME_PRECOMPUTED) {
        return 0;
    }
    uint64_t marks = (uint64_t)a->stale + 2 * (uint64_t)a->degraded;
    size_t n = 0;

    out[n++] = '"';
    memcpy(out + n, a->gen->info.uid, UID_SIZE - 1);
    n += UID_SIZE - 1;
    out[n++] = '-';
    n += number_format_hex(hash_key(a->record) + marks, out + n);
    out[n++] = '"';
    out[n] = '\0';
    return n;
}

bool
native_etag_matches(struct str if_none_match, struct str etag)
{
    struct str rest = if_none_match;

    while (etag.len > 0 && rest.p != NULL) {
        struct str one = str_trim(str_cut(&rest, ','));

        if (str_starts(one, STR("W/"))) {
            one = (struct str){one.p + 2, one.len - 2};
        }
        if (str_eq(one, etag) || str_eq(one, STR("*"))) {
            return true;
        }
    }
    return false;
}

void
native_render_headers(struct buf *out, const struct answer *a, struct str etag,
                      uint64_t now_us)
{
    uint64_t as_of_us = a->gen->info.as_of_us;

    buf_c(out, "X-Lookup-Source: ");
    buf_c(out, outcomes[a->outcome]);
    buf_c(out, "\r\nX-Lookup-Generation: ");
    buf_u64(out, a->gen->number);
    buf_c(out, "\r\nAge: ");
    buf_u64(out, now_us > as_of_us ? (now_us - as_of_us) / 1000000 : 0);
    if (etag.len > 0) {
        buf_c(out, "\r\nETag: ");
        buf_str(out, etag);
        buf_c(out, "\r\nCache-Control: no-cache\r\n");
    } else {
        buf_c(out, "\r\nCache-Control: no-store\r\n");
    }
}
