/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/sink_text.h"

#include "common/base/number.h"

#include <math.h>

static void
put_cell(const struct sink_line *line, struct str s, struct buf *out)
{
    const char need[] = {line->delimiter, '"', '\r', '\n'};
    bool quote = false;

    for (size_t i = 0; i < sizeof(need); i++) {
        quote = quote || (s.len > 0 && memchr(s.p, need[i], s.len) != NULL);
    }
    if (!quote) {
        buf_str(out, s);
        return;
    }
    buf_char(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        buf_put(out, "\"\"", s.p[i] == '"' ? 1 : 0);
        buf_char(out, s.p[i]);
    }
    buf_char(out, '"');
}

static void
put_value(const struct sink_line *line, float v, struct buf *out)
{
    char *p = buf_reserve(out, NUMBER_REPR_MAX);

    if (p == NULL) {
        return;
    }
    if (line->leaves && v >= 0) {
        out->len += number_format_u64((uint64_t)v, p);
    } else if (line->sagemaker) {
        out->len += number_format_repr((double)v, p);
    } else {
        out->len += number_format_f32(v, p);
    }
}

static void
put_prediction(const struct sink_line *line, const struct sink_rows *rows,
               size_t i, struct buf *out)
{
    bool list = line->sagemaker && rows->noutput > 1;

    buf_put(out, "[", list ? 1 : 0);
    for (size_t j = 0; j < rows->noutput; j++) {
        if (j > 0 && list) {
            buf_put(out, ", ", 2);
        } else if (j > 0) {
            buf_char(out, line->delimiter);
        }
        put_value(line, rows->row[i].bad ? NAN : rows->y[i * rows->noutput + j],
                  out);
    }
    buf_put(out, "]", list ? 1 : 0);
}

void
sink_text_rows(const struct sink_line *line, const struct sink_rows *rows,
               struct buf *out)
{
    for (size_t i = 0; i < rows->n; i++) {
        if (line->id) {
            put_cell(line, rows->row[i].id, out);
        }
        if (line->id && line->input) {
            buf_char(out, line->delimiter);
        }
        if (line->input && line->cells) {
            buf_str(out, rows->row[i].line);
        } else if (line->input) {
            put_cell(line, rows->row[i].line, out);
        }
        if ((line->id || line->input) && line->prediction) {
            buf_char(out, line->delimiter);
        }
        if (line->prediction) {
            put_prediction(line, rows, i, out);
        }
        buf_char(out, '\n');
    }
}
