/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batchgen plan: the question before all others, what to precompute. Nothing
 * is read; the defaults are what bench/ measured.
 */
#include "batchgen/command.h"
#include "batchgen/plan.h"
#include "common/base/buf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX (64 << 10)
#define SHARES   16

#define PLAN_OPTION(X)                                                         \
    X(users, REAL, "1000000", "", 1, 1000000000000, "users there are")         \
    X(rate, REAL, "1000", "", 0, 1000000000,                                   \
      "lookups a second, the mean of a day")                                   \
    X(skew, REAL, "0.99", "", 0, 10,                                           \
      "exponent of Zipf's law: 0 asks for all users alike, 1 for the second "  \
      "hottest half as often as for the hottest")                              \
    X(hottest, LIST, NULL, "PERCENT", 0, 0,                                    \
      "shares of the users to show, the hottest first [1 10 50]")              \
    X(batches, REAL, "1", "", 0, 1000000, "batches a day")                     \
    X(servers, REAL, "1", "", 0, 1000000, "servers that hold a snapshot")      \
    X(record_bytes, REAL, "21.7", "", 0, 1000000,                              \
      "memory of a user's record in Redis; in bytes")                          \
    X(snapshot_bytes, REAL, "15.1", "", 0, 1000000,                            \
      "memory of a user in one server's snapshot; in bytes")                   \
    X(feature_bytes, REAL, "82.5", "", 0, 1000000,                             \
      "memory of a user's feature row in Redis, 12 features; 0: requests "     \
      "bring their features; in bytes")                                        \
    X(hit_us, REAL, "7.6", "", 0, 1000000000,                                  \
      "CPU time of a lookup that is stored; in microseconds")                  \
    X(live_us, REAL, "11.5", "", 0, 1000000000,                                \
      "CPU time of a lookup scored live, Redis' not included; in "             \
      "microseconds")                                                          \
    X(score_us, REAL, "0.84", "", 0, 1000000000,                               \
      "CPU time of a row of a batch; in microseconds")                         \
    X(memory_price, REAL, "4", "", 0, 1000000000,                              \
      "of a GiB for a month of 30 days, in any currency")                      \
    X(core_price, REAL, "30", "", 0, 1000000000, "of a core for a month")      \
    X(json, FLAG, NULL, "", 0, 0, "the plan as JSON")                          \
    X(help, FLAG, NULL, "", 0, 0, "this text")

struct plan_options {
    PLAN_OPTION(OPTION_FIELD)
};
#define OPTION_OWNER struct plan_options
static const struct option_def defs[] = {PLAN_OPTION(OPTION_DEF)};

static const struct command_text text = {
    "plan [--users N --rate N --skew S ...]",
    "What a day of lookups costs when nobody is precomputed, when the hottest\n"
    "are, when all are, and where precomputing one more user stops to pay.\n"
    "Costs are CPU time and memory at the prices given; their defaults were\n"
    "measured by `make bench`.",
};

static struct plan_costs
costs_of(const struct plan_options *o)
{
    return (struct plan_costs){
        .users = floor(o->users),
        .rate = o->rate,
        .skew = o->skew,
        .batches = o->batches,
        .servers = o->servers,
        .record_bytes = o->record_bytes,
        .snapshot_bytes = o->snapshot_bytes,
        .feature_bytes = o->feature_bytes,
        .hit_us = o->hit_us,
        .live_us = o->live_us,
        .score_us = o->score_us,
        .memory_price = o->memory_price,
        .core_price = o->core_price,
    };
}

/* Percents between nothing and everything. RC_INVAL: not such numbers. */
static enum rc
shares_of(const struct option_list *list, double share[SHARES], size_t *n,
          struct err *e)
{
    static const double usual[] = {1, 10, 50};

    *n = 0;
    for (size_t i = 0; i < list->n; i++) {
        char *end;
        double percent = strtod(list->item[i], &end);

        if (end == list->item[i] || (*end != '\0' && *end != '%') ||
            !(percent > 0 && percent < 100)) {
            return err_set(e, RC_INVAL,
                           "--hottest must be more than 0 and less than 100 "
                           "percent, got \"%s\"",
                           list->item[i]);
        }
        if (*n == SHARES) {
            return err_set(e, RC_INVAL, "--hottest takes %d shares at most",
                           SHARES);
        }
        share[(*n)++] = percent;
    }
    for (size_t i = 0; list->n == 0 && i < 3; i++) {
        share[(*n)++] = usual[i];
    }
    return RC_OK;
}

static void
put_day(struct buf *out, const char *name, const struct plan_costs *c,
        double stored, bool json)
{
    struct plan_day d = plan_day(c, stored);

    buf_printf(out,
               json ? "{\"precomputed\":\"%s\",\"users\":%.0f,"
                      "\"stored_lookups\":%.6f,\"memory_gib\":%.6g,"
                      "\"batch_core_s\":%.6g,\"serve_core_s\":%.6g,"
                      "\"memory_cost\":%.6g,\"core_cost\":%.6g,\"cost\":%.6g}"
                    : "%-14s %12.0f %9.4f %10.3f %10.1f %10.1f %10.4f %10.4f "
                      "%10.4f\n",
               name, d.stored, d.hits, d.memory_bytes / PLAN_GIB, d.batch_s,
               d.serve_s, d.memory_cost, d.core_cost, d.cost);
}

static void
put_days(struct buf *out, const struct plan_costs *c, const double *share,
         size_t n, bool json)
{
    put_day(out, "nobody", c, 0, json);
    for (size_t i = 0; i < n; i++) {
        char name[32];

        snprintf(name, sizeof(name), "hottest %g %%", share[i]);
        buf_c(out, json ? "," : "");
        put_day(out, name, c, floor(c->users * share[i] / 100), json);
    }
    buf_c(out, json ? "," : "");
    put_day(out, "everybody", c, c->users, json);
    buf_c(out, json ? "," : "");
    put_day(out, "break-even", c, plan_even(c).stored, json);
}

static void
put_verdict(struct buf *out, const struct plan_costs *c)
{
    struct plan_even even = plan_even(c);

    buf_c(out, "\nA day of 24 hours; costs in the prices' currency.\n");
    if (even.lookups <= 0) {
        buf_c(out, "Precompute everybody: a record takes less than the "
                   "feature row that it replaces.\n");
    } else if (isinf(even.lookups)) {
        buf_c(out, "Precompute nobody: a stored lookup saves nothing.\n");
    } else {
        buf_printf(out,
                   "Precomputing a user pays from %.4g lookups of him a day: "
                   "the hottest %.0f users, %.4g %%.\n",
                   even.lookups, even.stored, 100 * even.stored / c->users);
    }
}

static void
put_plan(struct buf *out, const struct plan_costs *c, const double *share,
         size_t n, bool json)
{
    struct plan_even even = plan_even(c);

    if (!json) {
        buf_c(out, "precomputed           users    stored     memory      batch"
                   "      serve     memory      cores       cost\n"
                   "                             lookups        GiB     core s"
                   "     core s      a day      a day      a day\n");
        put_days(out, c, share, n, json);
        put_verdict(out, c);
        return;
    }
    buf_c(out, "{\"days\":[");
    put_days(out, c, share, n, json);
    buf_printf(out, "],\"break_even\":{\"users\":%.0f,\"lookups_a_day\":",
               even.stored);
    if (isinf(even.lookups)) {
        buf_c(out, "null}}\n");
    } else {
        buf_printf(out, "%.6g}}\n", even.lookups);
    }
}

enum rc
command_plan(int argc, char **argv, struct stop *stop, struct err *e)
{
    struct plan_options o = {0};
    struct option_set set = {defs, sizeof(defs) / sizeof(defs[0]), &o, 0};
    double share[SHARES];
    size_t n;
    bool done;
    enum rc rc = command_options(&text, &set, argc, argv, NULL, 0, &done, e);

    (void)stop;
    if (rc == RC_OK && !done) {
        rc = shares_of(&o.hottest, share, &n, e);
    }
    if (rc == RC_OK && !done) {
        struct plan_costs c = costs_of(&o);
        struct buf out;

        buf_init(&out, TEXT_MAX);
        put_plan(&out, &c, share, n, o.json);
        fwrite(out.p, 1, out.len, stdout);
        buf_fini(&out);
    }
    option_free(&set);
    return rc;
}
