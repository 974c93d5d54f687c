/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/metric.h"

#include <math.h>
#include <stdio.h>

static const uint64_t bounds_us[] = {
    10,     25,      50,      100,     250,      500,    1000,
    2500,   5000,    10000,   25000,   50000,    100000, 250000,
    500000, 1000000, 2500000, 5000000, 10000000,
};

/* Backslash and newline are escaped everywhere, quotes in label values. */
static void
put_escaped(struct buf *out, struct str s, bool quotes)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '\n') {
            buf_c(out, "\\n");
            continue;
        }
        if (s.p[i] == '\\' || (quotes && s.p[i] == '"')) {
            buf_char(out, '\\');
        }
        buf_char(out, s.p[i]);
    }
}

void
metric_family(struct buf *out, const char *name, const char *type,
              const char *help)
{
    buf_c(out, "# HELP ");
    buf_c(out, name);
    buf_char(out, ' ');
    put_escaped(out, str_of(help), false);
    buf_c(out, "\n# TYPE ");
    buf_c(out, name);
    buf_char(out, ' ');
    buf_c(out, type);
    buf_char(out, '\n');
}

static void
put_label(struct buf *out, struct metric_label label)
{
    buf_c(out, label.name);
    buf_c(out, "=\"");
    put_escaped(out, label.value, true);
    buf_char(out, '"');
}

/* name + suffix {labels, le} and a blank; le may be NULL. */
static void
put_head(struct buf *out, const char *name, const char *suffix,
         const struct metric_label *label, size_t nlabel, const char *le)
{
    char sep = '{';

    buf_c(out, name);
    buf_c(out, suffix);
    for (size_t i = 0; i < nlabel; i++) {
        buf_char(out, sep);
        put_label(out, label[i]);
        sep = ',';
    }
    if (le != NULL) {
        buf_char(out, sep);
        put_label(out, (struct metric_label){"le", str_of(le)});
        sep = ',';
    }
    buf_c(out, sep == ',' ? "} " : " ");
}

static void
put_u64(struct buf *out, uint64_t value)
{
    buf_u64(out, value);
    buf_char(out, '\n');
}

static void
put_f64(struct buf *out, double value)
{
    if (isnan(value)) {
        buf_c(out, "NaN\n");
    } else if (isinf(value)) {
        buf_c(out, value < 0 ? "-Inf\n" : "+Inf\n");
    } else {
        buf_printf(out, "%.15g\n", value);
    }
}

void
metric_sample_u64(struct buf *out, const char *name,
                  const struct metric_label *label, size_t nlabel,
                  uint64_t value)
{
    put_head(out, name, "", label, nlabel, NULL);
    put_u64(out, value);
}

void
metric_sample_f64(struct buf *out, const char *name,
                  const struct metric_label *label, size_t nlabel, double value)
{
    put_head(out, name, "", label, nlabel, NULL);
    put_f64(out, value);
}

void
metric_sample_hist(struct buf *out, const char *name,
                   const struct metric_label *label, size_t nlabel,
                   const struct hist *h)
{
    /* A copy: +Inf and _count must agree while the owner goes on counting. */
    struct hist now = {0};
    char le[32];

    hist_add(&now, h);
    for (size_t i = 0; i < sizeof(bounds_us) / sizeof(bounds_us[0]); i++) {
        snprintf(le, sizeof(le), "%g", (double)bounds_us[i] / 1e6);
        put_head(out, name, "_bucket", label, nlabel, le);
        put_u64(out, hist_count_le(&now, bounds_us[i] * 1000));
    }
    put_head(out, name, "_bucket", label, nlabel, "+Inf");
    put_u64(out, hist_count(&now));
    put_head(out, name, "_sum", label, nlabel, NULL);
    put_f64(out, (double)now.sum / 1e9);
    put_head(out, name, "_count", label, nlabel, NULL);
    put_u64(out, hist_count(&now));
}
