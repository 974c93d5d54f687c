/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/progress_line.h"

#include "common/base/buf.h"

#include <inttypes.h>
#include <string.h>

#define BAR      24
#define SEEN_S   0.1
#define MINUTE_S 60.0
#define HOUR_S   3600.0

static double
share(const struct progress_view *v)
{
    double part = v->size == 0 ? 0 : (double)v->done / (double)v->size;

    return part > 1 ? 1 : part;
}

static void
put_bar(const struct progress_view *v, struct buf *out)
{
    size_t full = (size_t)(share(v) * BAR);

    buf_printf(out, "%-7s [", v->phase);
    for (size_t i = 0; i < BAR; i++) {
        buf_char(out, i < full ? '#' : '-');
    }
    buf_c(out, "] ");
}

static void
put_left(const struct progress_view *v, struct buf *out)
{
    double part = share(v), left;

    if (part <= 0 || part >= 1 || v->seconds < SEEN_S) {
        return;
    }
    left = v->seconds / part - v->seconds;
    if (left < MINUTE_S) {
        buf_printf(out, ", %.0f s left", left);
    } else if (left < HOUR_S) {
        buf_printf(out, ", %.0f min left", left / MINUTE_S);
    } else {
        buf_printf(out, ", %.1f h left", left / HOUR_S);
    }
}

void
progress_line(const struct progress_view *v, bool bar,
              char out[PROGRESS_LINE_MAX])
{
    struct buf text;
    size_t len;

    buf_init(&text, PROGRESS_LINE_MAX);
    if (bar) {
        put_bar(v, &text);
    } else {
        buf_printf(&text, "%s: ", v->phase);
    }
    if (v->size > 0) {
        buf_printf(&text, "%3.0f %%, ", 100 * share(v));
    }
    buf_printf(&text, "%" PRIu64 " rows, %.0f rows/s", v->rows,
               v->seconds < SEEN_S ? 0 : (double)v->rows / v->seconds);
    put_left(v, &text);
    if (v->rejected > 0) {
        buf_printf(&text, ", %" PRIu64 " rejected", v->rejected);
    }
    if (v->busiest != NULL) {
        buf_printf(&text, ", busiest: %s", v->busiest);
    }
    len = text.len < PROGRESS_LINE_MAX ? text.len : PROGRESS_LINE_MAX - 1;
    memcpy(out, text.p, len);
    out[len] = '\0';
    buf_fini(&text);
}
