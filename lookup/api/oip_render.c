/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_render.h"

#include "common/base/number.h"

#include <inttypes.h>
#include <math.h>

/*
 *   {"model_name","model_version","id","outputs":[
 *     {"name","datatype","shape","data"} or
 *     {"name","datatype","shape","parameters":{"binary_data_size"}}]} tensors
 *
 * An output is a table of n rows and `width` columns, whose elements put_cell
 * appends one by one, as JSON or as bytes.
 */
static const char *const output_names[] = OIP_OUTPUT_NAMES;

static bool
is_text(enum oip_output what)
{
    return what == OIP_ITEMS || what == OIP_SOURCE;
}

/* Has a table of that kind the output? */
static bool
has_output(const struct generation *gen, enum oip_output what)
{
    return what == OIP_SOURCE ||
           (what == OIP_PREDICT) == (gen->info.kind == TABLE_SCORE);
}

static size_t
width_of(const struct generation *gen, enum oip_output what)
{
    return what == OIP_SOURCE ? 1 : generation_room(gen);
}

/* ----------------------------------------------------------------- cells */

/* Where cells go. */
struct sheet {
    const struct oip_result *result;
    enum oip_output what;
    size_t width;
    bool binary;
    bool not_text; /* a text could not be said in JSON */
    struct buf *out;
};

static void
put_number(struct sheet *s, float v)
{
    char text[NUMBER_F32_MAX];

    if (s->binary) {
        buf_put(s->out, &v, sizeof(v));
    } else if (isfinite(v)) {
        buf_put(s->out, text, number_format_f32(v, text));
    } else {
        buf_c(s->out, "null");
    }
}

static void
put_text(struct sheet *s, struct str text)
{
    uint32_t len = (uint32_t)text.len;

    if (s->binary) {
        buf_put(s->out, &len, sizeof(len));
        buf_str(s->out, text);
    } else if (str_is_utf8(text)) {
        buf_json_str(s->out, text);
    } else {
        s->not_text = true;
    }
}

static const char *
source_of(const struct oip_result *r, size_t row)
{
    static const char *const outcomes[] = OUTCOME_NAMES;

    return r->batch == NULL ? outcomes[OUTCOME_LIVE]
                            : outcomes[batch_answer(r->batch, row)->outcome];
}

/* What is predicted for a row; n is 0 if it is unknown. */
static struct prediction
prediction_of(const struct oip_result *r, size_t row)
{
    struct prediction p = {.n = 0};

    if (r->batch == NULL) {
        p = r->rows->out;
        p.y = p.y == NULL ? NULL : p.y + row * p.n;
        p.item = p.item == NULL ? NULL : p.item + row * p.n;
    } else if (batch_answer(r->batch, row)->code == ANSWER_OK) {
        p = *batch_answer(r->batch, row)->prediction;
    }
    return p;
}

static void
put_cell(struct sheet *s, size_t row, const struct prediction *p, size_t i)
{
    const struct catalogue *c = s->result->gen->catalogue;

    switch (s->what) {
    case OIP_PREDICT:
        put_number(s, i < p->n ? p->y[i] : NAN);
        break;
    case OIP_SCORES:
        put_number(s, i < p->n ? p->item[i].score : NAN);
        break;
    case OIP_ITEMS:
        put_text(s, i < p->n ? catalogue_id(c, p->item[i].item) : STR(""));
        break;
    default:
        put_text(s, str_of(source_of(s->result, row)));
    }
}

static void
put_cells(struct sheet *s)
{
    for (size_t row = 0; row < s->result->n; row++) {
        struct prediction p = prediction_of(s->result, row);

        for (size_t i = 0; i < s->width; i++) {
            if (!s->binary && row + i > 0) {
                buf_char(s->out, ',');
            }
            put_cell(s, row, &p, i);
        }
    }
}

/* --------------------------------------------------------------- outputs */

static void
put_shape(struct buf *out, enum oip_output what, size_t n, size_t width)
{
    buf_printf(out, "\"shape\":[%zu", n);
    if (width > 1 || what == OIP_ITEMS || what == OIP_SCORES) {
        buf_printf(out, ",%zu", width);
    }
    buf_char(out, ']');
}

/* One output into the JSON and, if it is binary, the tail. */
static enum rc
put_output(struct buf *out, struct buf *tail, const struct oip_result *result,
           struct oip_wanted w, struct oip_fault *fault)
{
    struct sheet s = {.result = result,
                      .what = w.what,
                      .width = width_of(result->gen, w.what),
                      .binary = w.binary,
                      .out = w.binary ? tail : out};
    size_t before = tail->len;

    buf_printf(out, "{\"name\":\"%s\",\"datatype\":\"%s\",",
               output_names[w.what], is_text(w.what) ? "BYTES" : "FP32");
    put_shape(out, w.what, result->n, s.width);
    if (w.binary) {
        put_cells(&s);
        buf_printf(out, ",\"parameters\":{\"binary_data_size\":%zu}}",
                   tail->len - before);
    } else {
        buf_c(out, ",\"data\":[");
        put_cells(&s);
        buf_c(out, "]}");
    }
    return s.not_text ? oip_refuse(fault, 400,
                                   "an id of an item is not UTF-8; ask for "
                                   "binary data of the output items")
                      : RC_OK;
}

/* What is answered when no output is named: nobody knows a row by its source.
 */
static size_t
all_outputs(const struct oip_request *r, const struct oip_result *result,
            struct oip_wanted *wanted)
{
    size_t n = 0;

    for (unsigned what = 0; what < OIP_OUTPUTS; what++) {
        if (has_output(result->gen, (enum oip_output)what) &&
            (what != OIP_SOURCE || r->by_user)) {
            wanted[n++] = (struct oip_wanted){(enum oip_output)what, r->binary};
        }
    }
    return n;
}

static enum rc
put_outputs(struct buf *out, struct buf *tail, const struct oip_request *r,
            const struct oip_result *result, struct oip_fault *fault)
{
    struct oip_wanted all[OIP_OUTPUTS];
    const struct oip_wanted *w = r->nwanted == 0 ? all : r->wanted;
    size_t n = r->nwanted == 0 ? all_outputs(r, result, all) : r->nwanted;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (!has_output(result->gen, w[i].what)) {
            return oip_refuse(fault, 400, "this model has no output '%s'",
                              output_names[w[i].what]);
        }
        buf_c(out, i == 0 ? "" : ",");
        rc = put_output(out, tail, result, w[i], fault);
    }
    return rc;
}

static bool
any_answer(const struct oip_result *r, bool degraded)
{
    for (size_t i = 0; r->batch != NULL && i < r->n; i++) {
        const struct answer *a = batch_answer(r->batch, i);

        if (a->code == ANSWER_OK && (degraded ? a->degraded : a->stale)) {
            return true;
        }
    }
    return false;
}

/* How old the predictions are, and whether some are not what they should be. */
static void
put_parameters(struct buf *out, const struct oip_result *result)
{
    buf_printf(out, "\"parameters\":{\"as_of\":\"%s\"", result->gen->as_of);
    buf_c(out, any_answer(result, false) ? ",\"stale\":true" : "");
    buf_c(out, any_answer(result, true) ? ",\"degraded\":\"store\"" : "");
    buf_char(out, '}');
}

enum rc
oip_render_result(struct buf *out, size_t *json_bytes,
                  const struct oip_request *r, const struct oip_result *result,
                  struct oip_fault *fault)
{
    struct buf tail;
    enum rc rc;

    buf_init(&tail, DESK_BODY_MAX);
    buf_printf(out, "{\"model_name\":\"%s\",\"model_version\":\"%" PRIu64 "\",",
               result->view->name, result->gen->number);
    if (r->id != NULL) {
        buf_c(out, "\"id\":");
        buf_json_str(out, str_of(r->id));
        buf_char(out, ',');
    }
    put_parameters(out, result);
    buf_c(out, ",\"outputs\":[");
    rc = put_outputs(out, &tail, r, result, fault);
    buf_c(out, "]}");
    *json_bytes = out->len;
    buf_str(out, buf_view(&tail));
    out->failed |= buf_failed(&tail);
    buf_fini(&tail);
    return rc;
}

void
oip_render_model(struct buf *out, const struct table_view *view)
{
    const struct generation *gen = view->live;
    bool any = false;

    buf_printf(out,
               "{\"name\":\"%s\",\"versions\":[\"%" PRIu64 "\"],\"platform\":"
               "\"xgboost\",\"inputs\":[",
               view->name, gen->number);
    if (generation_is_live(gen)) {
        buf_printf(out,
                   "{\"name\":\"input__0\",\"datatype\":\"FP32\","
                   "\"shape\":[-1,%zu]},",
                   schema_size(gen->schema));
    }
    buf_c(out, "{\"name\":\"user_id\",\"datatype\":\"BYTES\",\"shape\":[-1]}],"
               "\"outputs\":[");
    for (unsigned i = 0; i < OIP_OUTPUTS; i++) {
        enum oip_output what = (enum oip_output)i;
        size_t width = width_of(gen, what);

        if (!has_output(gen, what)) {
            continue;
        }
        buf_printf(out, "%s{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[-1",
                   any ? "," : "", output_names[i],
                   is_text(what) ? "BYTES" : "FP32");
        if (width > 1 || what == OIP_ITEMS || what == OIP_SCORES) {
            buf_printf(out, ",%zu", width);
        }
        buf_c(out, "]}");
        any = true;
    }
    buf_c(out, "]}\n");
}
