/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_cells.h"

#include "common/base/number.h"

#include <math.h>

bool
oip_output_is_text(enum oip_output what)
{
    return what == OIP_ITEMS || what == OIP_SOURCE;
}

bool
oip_output_exists(const struct generation *gen, enum oip_output what)
{
    return what == OIP_SOURCE ||
           (what == OIP_PREDICT) == (gen->info.kind == TABLE_SCORE);
}

size_t
oip_output_width(const struct generation *gen, enum oip_output what)
{
    return what == OIP_SOURCE ? 1 : generation_room(gen);
}

/* Where cells go. */
struct sheet {
    const struct oip_result *result;
    enum oip_output what;
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

bool
oip_cells_put(struct buf *out, const struct oip_result *result,
              enum oip_output what, bool binary)
{
    size_t width = oip_output_width(result->gen, what);
    struct sheet s = {result, what, binary, false, out};

    for (size_t row = 0; row < result->n; row++) {
        struct prediction p = prediction_of(result, row);

        for (size_t i = 0; i < width; i++) {
            if (!binary && row + i > 0) {
                buf_char(out, ',');
            }
            put_cell(&s, row, &p, i);
        }
    }
    return !s.not_text;
}
