/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/guard.h"

#include "batchgen/stats.h"
#include "common/base/buf.h"
#include "common/base/clock.h"

#include <inttypes.h>

#define COVERAGE_PERCENT 90
#define PSI_MAX          0.2
#define PSI_ROWS         1000
#define BREACHES_MAX     800

static void
breach(struct buf *out)
{
    if (out->len > 0) {
        buf_c(out, "; ");
    }
}

static void
check_coverage(const struct generation_info *live,
               const struct generation_info *next, struct buf *out)
{
    double percent = 100.0 * (double)next->rows / (double)live->rows;

    if (percent < COVERAGE_PERCENT) {
        breach(out);
        buf_printf(out,
                   "coverage: %" PRIu64 " rows are %.1f %% of the live "
                   "generation's %" PRIu64 ", at least %d %% are asked",
                   next->rows, percent, live->rows, COVERAGE_PERCENT);
    }
}

static void
check_age(const struct generation_info *live,
          const struct generation_info *next, struct buf *out)
{
    char was[CLOCK_ISO_MAX], now[CLOCK_ISO_MAX];

    if (next->as_of_us < live->as_of_us) {
        clock_format_iso(live->as_of_us, was);
        clock_format_iso(next->as_of_us, now);
        breach(out);
        buf_printf(out, "age: its data is as of %s, the live generation's %s",
                   now, was);
    }
}

static void
check_shift(const struct generation_info *live,
            const struct generation_info *next, struct buf *out)
{
    struct stats was, now;
    double psi;

    if (live->rows < PSI_ROWS || next->rows < PSI_ROWS ||
        stats_from_json(&was, str_of(live->score_stats)) != RC_OK ||
        stats_from_json(&now, str_of(next->score_stats)) != RC_OK ||
        was.count == 0 || now.count == 0) {
        return; /* too few scores to compare, or none */
    }
    psi = stats_psi(&was, &now);
    if (psi > PSI_MAX) {
        breach(out);
        buf_printf(out,
                   "shift: the scores moved (PSI %.3f, at most %.1f; mean "
                   "%.6g, the live generation's %.6g)",
                   psi, PSI_MAX, now.mean, was.mean);
    }
}

enum rc
guard_check(const struct generation_info *live,
            const struct generation_info *next, struct err *e)
{
    struct buf out;
    enum rc rc = RC_OK;

    buf_init(&out, BREACHES_MAX);
    if (next->rows == 0) {
        breach(&out);
        buf_c(&out, "rows: there are none");
    }
    if (live != NULL && live->rows > 0) {
        check_coverage(live, next, &out);
        check_age(live, next, &out);
        check_shift(live, next, &out);
    }
    if (out.len > 0) {
        rc = err_set(e, RC_GUARD, "%.*s", (int)out.len, out.p);
    }
    buf_fini(&out);
    return rc;
}
