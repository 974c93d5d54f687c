/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/sagemaker_render.h"

#include "lookup/api/sagemaker_number.h"

/* A number, or a list for several outputs. */
static void
put_score(const struct sagemaker_render *r, const float *y, bool json)
{
    if (y == NULL) {
        buf_c(r->out, json ? "null" : "nan");
    } else if (r->noutput == 1) {
        sagemaker_put_number(r->out, (double)y[0], json);
    } else {
        sagemaker_put_list(r->out, y, r->noutput, json);
    }
}

static void
put_cells(const struct sagemaker_render *r, const float *y)
{
    for (size_t i = 0; i < r->noutput; i++) {
        buf_c(r->out, i == 0 ? "" : ",");
        sagemaker_put_number(r->out, y == NULL ? NAN : (double)y[i], false);
    }
}

static void
put_object(const struct sagemaker_render *r, const float *y)
{
    const struct sagemaker_predicted p = {r->objective, r->nclass, y,
                                          r->noutput};

    if (r->selection->n > 0 && y != NULL) {
        sagemaker_selected_json(r->out, r->selection, &p);
        return;
    }
    buf_c(r->out, "{\"score\": ");
    put_score(r, y, true);
    buf_char(r->out, '}');
}

/* Selected lines have no end behind the last. */
static void
put_selected_line(const struct sagemaker_render *r, const float *y)
{
    const struct sagemaker_predicted p = {r->objective, r->nclass, y,
                                          r->noutput};

    buf_c(r->out, r->nrow == 0 ? "" : "\n");
    if (y == NULL) {
        buf_c(r->out, "nan");
    } else {
        sagemaker_selected_csv(r->out, r->selection, &p);
    }
}

static void
put_row(const struct sagemaker_render *r, const float *y)
{
    bool selected = r->selection->n > 0;

    if (r->batch && !selected) {
        put_score(r, y, false);
        buf_char(r->out, '\n');
    } else if (r->output == SAGEMAKER_TO_JSON) {
        buf_c(r->out, r->nrow == 0 ? "{\"predictions\": [" : ", ");
        put_object(r, y);
    } else if (r->output == SAGEMAKER_TO_JSONL) {
        put_object(r, y);
        buf_char(r->out, '\n');
    } else if (selected) {
        put_selected_line(r, y);
    } else {
        put_cells(r, y);
        buf_char(r->out, '\n');
    }
}

void
sagemaker_render_rows(struct sagemaker_render *r, const float *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put_row(r, y);
        r->nrow++;
        y = y == NULL ? NULL : y + r->noutput;
    }
}

void
sagemaker_render_end(struct sagemaker_render *r)
{
    bool selected = r->selection->n > 0;

    if (r->batch && !selected) {
        return;
    }
    if (r->output == SAGEMAKER_TO_JSON) {
        buf_c(r->out, "]}");
    } else if (r->output == SAGEMAKER_TO_CSV && selected && r->batch) {
        buf_char(r->out, '\n');
    }
}
