/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_render.h"

#include <inttypes.h>

/*
 *   {"model_name","model_version","id","outputs":[
 *     {"name","datatype","shape","data"} or
 *     {"name","datatype","shape","parameters":{"binary_data_size"}}]} tensors
 */

/* {"name":"predict","datatype":"FP32","shape":[ */
static void
put_kind(struct buf *out, enum oip_output what)
{
    static const char *const names[] = OIP_OUTPUT_NAMES;

    buf_printf(out, "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[",
               names[what], oip_output_is_text(what) ? "BYTES" : "FP32");
}

/* ,2] or ], behind the number of rows. */
static void
put_width(struct buf *out, const struct generation *gen, enum oip_output what)
{
    size_t width = oip_output_width(gen, what);

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
    size_t before = tail->len;
    bool ok;

    put_kind(out, w.what);
    buf_u64(out, result->n);
    put_width(out, result->gen, w.what);
    if (w.binary) {
        ok = oip_cells_put(tail, result, w.what, true);
        buf_printf(out, ",\"parameters\":{\"binary_data_size\":%zu}}",
                   tail->len - before);
    } else {
        buf_c(out, ",\"data\":[");
        ok = oip_cells_put(out, result, w.what, false);
        buf_c(out, "]}");
    }
    return ok ? RC_OK
              : oip_refuse(fault, 400,
                           "an id of an item is not UTF-8; ask for binary "
                           "data of the output items");
}

/* What is answered when no output is named; that rows are live is known. */
static size_t
all_outputs(const struct oip_request *r, const struct oip_result *result,
            struct oip_wanted *wanted)
{
    size_t n = 0;

    for (unsigned what = 0; what < OIP_OUTPUTS; what++) {
        if (oip_output_exists(result->gen, (enum oip_output)what) &&
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
        if (!oip_output_exists(result->gen, w[i].what)) {
            return oip_refuse(fault, 400,
                              "this model has not all outputs that are named");
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

        if (oip_output_exists(gen, what)) {
            buf_c(out, any ? "," : "");
            put_kind(out, what);
            buf_c(out, "-1");
            put_width(out, gen, what);
            buf_char(out, '}');
            any = true;
        }
    }
    buf_c(out, "]}\n");
}
