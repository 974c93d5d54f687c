/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/sink_json.h"

#include "common/base/number.h"

#include <math.h>
#include <string.h>

static void
put_number(const struct sink_line *line, float v, struct buf *out)
{
    char *p = buf_reserve(out, NUMBER_F32_MAX);

    if (p == NULL) {
        return;
    }
    if (!isfinite(v)) {
        buf_c(out, "null");
    } else if (line->leaves && v >= 0) {
        out->len += number_format_u64((uint64_t)v, p);
    } else {
        out->len += number_format_f32(v, p);
    }
}

static void
put_prediction(const struct sink_line *line, const struct sink_rows *rows,
               size_t i, struct buf *out)
{
    bool list = rows->noutput > 1;

    buf_c(out, "\"" SINK_PREDICTION "\":");
    if (rows->row[i].bad) {
        buf_c(out, "null");
        return;
    }
    buf_put(out, "[", list ? 1 : 0);
    for (size_t j = 0; j < rows->noutput; j++) {
        buf_put(out, ",", j > 0 ? 1 : 0);
        put_number(line, rows->y[i * rows->noutput + j], out);
    }
    buf_put(out, "]", list ? 1 : 0);
}

/* Behind the string that begins at p, or behind anything else up to , or }. */
static const char *
skip_string(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++) {
        p += *p == '\\' ? 1 : 0;
    }
    return p < end ? p + 1 : end;
}

static const char *
skip_member(const char *p, const char *end)
{
    int depth = 0;

    while (p < end && (depth > 0 || (*p != ',' && *p != '}'))) {
        if (*p == '"') {
            p = skip_string(p, end);
            continue;
        }
        depth += *p == '{' || *p == '[' ? 1 : 0;
        depth -= *p == '}' || *p == ']' ? 1 : 0;
        p++;
    }
    return p;
}

static bool
is_prediction(struct str member)
{
    return str_starts(str_trim(member), STR("\"" SINK_PREDICTION "\""));
}

/*
 * The members of an object that was parsed already, each with a comma behind
 * it, but for a prediction it brought along.
 */
static void
put_members(struct str object, struct buf *out)
{
    const char *p = object.p + 1, *end = object.p + object.len;

    while (p < end) {
        const char *next = skip_member(p, end);
        struct str member = {p, (size_t)(next - p)};

        if (str_trim(member).len > 0 && !is_prediction(member)) {
            buf_str(out, member);
            buf_char(out, ',');
        }
        p = next + 1;
    }
}

static void
drop_comma(struct buf *out)
{
    if (!buf_failed(out) && out->p[out->len - 1] == ',') {
        out->len--;
    }
}

void
sink_json_rows(const struct sink_line *line, const struct sink_rows *rows,
               struct buf *out)
{
    for (size_t i = 0; i < rows->n; i++) {
        const struct sink_row *row = &rows->row[i];
        bool whole = line->input && line->objects && !row->bad;

        buf_char(out, '{');
        if (whole) {
            put_members(str_trim(row->line), out);
        }
        if (line->id && !whole) {
            buf_json_id(out, "id", row->id);
            buf_char(out, ',');
        }
        if (line->input && !whole) {
            buf_json_id(out, "input", row->line);
            buf_char(out, ',');
        }
        if (line->prediction) {
            put_prediction(line, rows, i, out);
        } else {
            drop_comma(out);
        }
        buf_put(out, "}\n", 2);
    }
}
