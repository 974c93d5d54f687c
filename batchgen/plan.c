/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/plan.h"

#include <math.h>

/* Terms added one by one; the sum of the rest is near its integral. */
#define EXACT 10000

/* The rest by the formula of Euler and Maclaurin, up to its first derivative.
 */
double
plan_zipf(double n, double s)
{
    double m = n < EXACT ? n : EXACT;
    double sum = 0;

    for (double k = 1; k <= m; k++) {
        sum += pow(k, -s);
    }
    if (n <= m) {
        return sum;
    }
    double integral = fabs(s - 1) < 1e-12
                          ? log(n / m)
                          : (pow(n, 1 - s) - pow(m, 1 - s)) / (1 - s);

    return sum + integral + (pow(n, -s) - pow(m, -s)) / 2 +
           s * (pow(m, -s - 1) - pow(n, -s - 1)) / 12;
}

static double
core_cost(const struct plan_costs *c, double cpu_s)
{
    return cpu_s / PLAN_DAY_S * c->core_price / PLAN_MONTH_D;
}

static double
memory_cost(const struct plan_costs *c, double bytes)
{
    return bytes / PLAN_GIB * c->memory_price / PLAN_MONTH_D;
}

static double
stored_bytes(const struct plan_costs *c)
{
    return c->record_bytes + c->servers * c->snapshot_bytes;
}

struct plan_day
plan_day(const struct plan_costs *c, double stored)
{
    double asked = c->rate * PLAN_DAY_S;
    struct plan_day d = {.stored = stored};

    d.hits = plan_zipf(stored, c->skew) / plan_zipf(c->users, c->skew);
    d.memory_bytes =
        stored * stored_bytes(c) + (c->users - stored) * c->feature_bytes;
    d.batch_s = stored * c->batches * c->score_us / 1e6;
    d.serve_s = asked * (d.hits * c->hit_us + (1 - d.hits) * c->live_us) / 1e6;
    d.memory_cost = memory_cost(c, d.memory_bytes);
    d.core_cost = core_cost(c, d.batch_s + d.serve_s);
    d.cost = d.memory_cost + d.core_cost;
    return d;
}

/* How many users are asked for at least `lookups` times a day. */
static double
asked_for(const struct plan_costs *c, double lookups)
{
    double hottest = c->rate * PLAN_DAY_S / plan_zipf(c->users, c->skew);

    if (lookups <= 0 || hottest * pow(c->users, -c->skew) >= lookups) {
        return c->users;
    }
    if (hottest < lookups) {
        return 0;
    }
    return floor(pow(hottest / lookups, 1 / c->skew));
}

struct plan_even
plan_even(const struct plan_costs *c)
{
    double costs = memory_cost(c, stored_bytes(c) - c->feature_bytes) +
                   core_cost(c, c->batches * c->score_us / 1e6);
    double saves = core_cost(c, (c->live_us - c->hit_us) / 1e6);
    struct plan_even even;

    if (saves <= 0) {
        /* Nothing to win by a lookup: memory alone decides. */
        return (struct plan_even){costs <= 0 ? 0 : INFINITY,
                                  costs <= 0 ? c->users : 0};
    }
    even.lookups = costs / saves;
    even.stored = asked_for(c, even.lookups);
    return even;
}
