/* SPDX-License-Identifier: Apache-2.0 */
/*
 * {"table":...,"user":...,"generation":...,"as_of":...,"superseded":...,
 *  "rungs":[{"rung":...,"us":...},...],
 *  "answer":{...}, "record":{...}, "features":{...}, "live":{...},
 *  "contributions":{"outputs":[{"margin":...,"bias":...,"features":{...}}]}}
 *
 * Each part of the second half is null if there is none, and has an "error"
 * if that is not known.
 */
#include "lookup/api/native_explain.h"
#include "lookup/api/native_impl.h"
#include "lookup/api/native_render.h"

#include <inttypes.h>

static void
put_rungs(struct buf *out, const struct explain *e)
{
    static const char *const names[] = RUNG_NAMES;
    const struct trace *t = &e->trace;

    buf_c(out, ",\"rungs\":[");
    for (size_t i = 0; i < t->n; i++) {
        uint64_t end_ns =
            i + 1 < t->n ? t->step[i + 1].begin_ns : e->answered_ns;

        buf_printf(out, "%s{\"rung\":\"%s\",\"us\":%.1f}", i == 0 ? "" : ",",
                   names[t->step[i].rung],
                   (double)(end_ns - t->step[i].begin_ns) / 1e3);
    }
    buf_char(out, ']');
}

static void
put_error(struct buf *out, const char *code)
{
    buf_printf(out, "{\"error\":{\"code\":\"%s\"}}", code);
}

static void
put_answer(struct buf *out, const struct explain *e)
{
    const struct answer *a = &e->answer;

    buf_c(out, ",\"answer\":");
    if (a->code != ANSWER_OK) {
        put_error(out, reply_code(native_error_of(a->code)));
        return;
    }
    native_render_result(out, query_user(&e->q), e->q.k, a, NULL);
}

/* What is there instead of a part of that name, or the part's beginning. */
static bool
begin_part(struct buf *out, const char *name, enum explain_found found)
{
    buf_printf(out, ",\"%s\":", name);
    if (found == EXPLAIN_THERE) {
        buf_char(out, '{');
    } else if (found == EXPLAIN_NONE) {
        buf_c(out, "null");
    } else {
        put_error(out,
                  reply_code(found == EXPLAIN_BAD ? REPLY_TABLE : REPLY_STORE));
    }
    return found == EXPLAIN_THERE;
}

static void
put_record(struct buf *out, const struct explain *e)
{
    if (begin_part(out, "record", e->record)) {
        native_render_prediction(out, e->q.gen, &e->q.prediction, e->q.k);
        buf_char(out, '}');
    }
}

/* "name":value */
static void
put_value(struct buf *out, bool first, struct str name, float value)
{
    buf_c(out, first ? "" : ",");
    buf_json_str(out, name);
    buf_char(out, ':');
    native_render_float(out, value);
}

static void
put_features(struct buf *out, const struct explain *e)
{
    char updated[CLOCK_ISO_MAX];

    if (!begin_part(out, "features", e->row)) {
        return;
    }
    clock_format_iso(e->row_updated_us, updated);
    buf_printf(out, "\"updated\":\"%s\",\"values\":{", updated);
    for (size_t i = 0; i < e->q.ncol; i++) {
        put_value(out, i == 0, schema_name(e->q.gen->schema, i), e->q.x[i]);
    }
    buf_c(out, "}}");
}

static void
put_live(struct buf *out, const struct explain *e)
{
    buf_c(out, ",\"live\":");
    if (e->live_code == ANSWER_OK) {
        buf_printf(out, "{\"us\":%.1f,", (double)e->live_ns / 1e3);
        native_render_prediction(out, e->q.gen, &e->live, e->q.k);
        buf_char(out, '}');
    } else if (e->row == EXPLAIN_NONE) {
        buf_c(out, "null");
    } else {
        put_error(out, reply_code(native_error_of(e->live_code)));
    }
}

/* One output's; the margin is what its parts sum up to. */
static void
put_output(struct buf *out, const struct explain *e, const float *value)
{
    size_t n = e->contributions.nfeature;
    double margin = 0;

    for (size_t i = 0; i <= n; i++) {
        margin += value[i];
    }
    buf_c(out, "{\"margin\":");
    native_render_float(out, (float)margin);
    buf_c(out, ",\"bias\":");
    native_render_float(out, value[n]);
    buf_c(out, ",\"features\":{");
    for (size_t i = 0; i < n; i++) {
        put_value(out, i == 0, contributions_name(e->q.gen, i), value[i]);
    }
    buf_c(out, "}}");
}

static void
put_contributions(struct buf *out, const struct explain *e)
{
    const struct contributions *c = &e->contributions;

    buf_c(out, ",\"contributions\":");
    if (e->live_code != ANSWER_OK) {
        buf_c(out, "null");
        return;
    }
    buf_char(out, '{');
    if (c->value == NULL) {
        buf_c(out, "\"error\":{\"message\":");
        buf_json_str(out, str_of(c->why.text));
        buf_c(out, "}}");
        return;
    }
    if (e->q.gen->ranker != NULL) {
        buf_json_id(out, "item", catalogue_id(e->q.gen->catalogue, c->item));
        buf_char(out, ',');
    }
    buf_c(out, "\"outputs\":[");
    for (size_t i = 0; i < c->noutput; i++) {
        buf_c(out, i == 0 ? "" : ",");
        put_output(out, e, c->value + i * (c->nfeature + 1));
    }
    buf_c(out, "]}");
}

void
native_explain_render(struct buf *out, const struct explain *e)
{
    const struct generation *g = e->q.gen;

    buf_printf(out, "{\"table\":\"%s\",", e->q.table);
    buf_json_id(out, "user", query_user(&e->q));
    buf_printf(out, ",\"generation\":%" PRIu64 ",\"as_of\":\"%s\"", g->number,
               g->as_of);
    buf_c(out, ",\"superseded\":");
    buf_c(out, e->superseded ? "true" : "false");
    put_rungs(out, e);
    put_answer(out, e);
    put_record(out, e);
    put_features(out, e);
    put_live(out, e);
    put_contributions(out, e);
    buf_c(out, "}\n");
}
