/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All scores are there, so quantiles are exact: a float is an integer of the
 * same order once its sign bit (of a negative one: all bits) is flipped, and
 * three stable passes over 11 bits each sort them.
 *
 * An edge is not enough. Trees give many users the same score, and then more
 * than p % may be at or below the value at p %. So the exact share goes along:
 *
 *   edge   0.11  0.20  0.20  0.20  0.35 ...    values at 1 %, 2 %, 3 % ...
 *   upto   0.01  0.04  0.04  0.04  0.05 ...    share at or below them
 *
 * PSI puts bounds at nine of the old batch's edges, where its shares are known
 * exactly; those of the new one are read off its own edges, with a straight
 * line between two of them.
 */
#include "batchgen/stats.h"

#include "common/base/number.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS       10
#define SHARE_MIN  1e-4 /* an empty bin counts as this, or PSI is infinite */
#define RADIX_BITS 11
#define RADIX_SIZE (1U << RADIX_BITS)

/* Floats as integers of the same order. */
static uint32_t
key_of(float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof(bits));
    return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}

/* One stable pass over RADIX_BITS bits. */
static void
radix_pass(const float *from, float *to, size_t n, unsigned shift)
{
    size_t at[RADIX_SIZE] = {0};
    size_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        at[key_of(from[i]) >> shift & (RADIX_SIZE - 1)]++;
    }
    for (size_t d = 0; d < RADIX_SIZE; d++) {
        size_t count = at[d];

        at[d] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++) {
        to[at[key_of(from[i]) >> shift & (RADIX_SIZE - 1)]++] = from[i];
    }
}

static enum rc
sort_floats(float *value, size_t n)
{
    float *other = malloc((n + 1) * sizeof(*other));

    if (other == NULL) {
        return RC_NOMEM;
    }
    radix_pass(value, other, n, 0);
    radix_pass(other, value, n, RADIX_BITS);
    radix_pass(value, other, n, 2 * RADIX_BITS);
    memcpy(value, other, n * sizeof(*value));
    free(other);
    return RC_OK;
}

enum rc
stats_of(struct stats *s, float *value, size_t n)
{
    size_t m = 0;
    double sum = 0;

    *s = (struct stats){0};
    for (size_t i = 0; i < n; i++) {
        if (isfinite(value[i])) {
            sum += (double)value[i];
            value[m++] = value[i];
        }
    }
    if (m == 0) {
        return RC_OK;
    }
    if (sort_floats(value, m) != RC_OK) {
        return RC_NOMEM;
    }
    s->count = m;
    s->min = value[0];
    s->max = value[m - 1];
    s->mean = sum / (double)m;
    for (size_t i = 0, at = 0; i < STATS_EDGES; i++) {
        s->edge[i] = value[(i + 1) * m / (STATS_EDGES + 1)];
        while (at < m && value[at] <= s->edge[i]) {
            at++;
        }
        s->upto[i] = (double)at / (double)m;
    }
    return RC_OK;
}

static void
put_f32(struct buf *out, float v)
{
    char text[NUMBER_F32_MAX];

    buf_put(out, text, number_format_f32(v, text));
}

void
stats_to_json(const struct stats *s, struct buf *out)
{
    buf_printf(out, "{\"count\":%llu,\"min\":", (unsigned long long)s->count);
    put_f32(out, s->min);
    buf_c(out, ",\"max\":");
    put_f32(out, s->max);
    buf_printf(out, ",\"mean\":%.9g,\"edges\":[", s->mean);
    for (size_t i = 0; i < STATS_EDGES; i++) {
        buf_c(out, i == 0 ? "" : ",");
        put_f32(out, s->edge[i]);
    }
    buf_c(out, "],\"upto\":[");
    for (size_t i = 0; i < STATS_EDGES; i++) {
        buf_printf(out, "%s%.7g", i == 0 ? "" : ",", s->upto[i]);
    }
    buf_c(out, "]}");
}

static double
number_at(const cJSON *item)
{
    return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

enum rc
stats_from_json(struct stats *s, struct str json)
{
    cJSON *root = cJSON_ParseWithLength(json.p, json.len);
    const cJSON *edge = cJSON_GetObjectItemCaseSensitive(root, "edges");
    const cJSON *upto = cJSON_GetObjectItemCaseSensitive(root, "upto");
    const cJSON *count = cJSON_GetObjectItemCaseSensitive(root, "count");
    enum rc rc = RC_INVAL;

    *s = (struct stats){0};
    if (cJSON_IsNumber(count) && count->valuedouble >= 0 &&
        cJSON_GetArraySize(edge) == STATS_EDGES &&
        cJSON_GetArraySize(upto) == STATS_EDGES) {
        s->count = (uint64_t)count->valuedouble;
        s->min =
            (float)number_at(cJSON_GetObjectItemCaseSensitive(root, "min"));
        s->max =
            (float)number_at(cJSON_GetObjectItemCaseSensitive(root, "max"));
        s->mean = number_at(cJSON_GetObjectItemCaseSensitive(root, "mean"));
        edge = edge->child;
        upto = upto->child;
        for (size_t i = 0; i < STATS_EDGES; i++) {
            s->edge[i] = (float)number_at(edge);
            s->upto[i] = number_at(upto);
            edge = edge->next;
            upto = upto->next;
        }
        rc = RC_OK;
    }
    cJSON_Delete(root);
    return rc;
}

/* Share of values <= x; exact at the edges, a straight line between them. */
static double
share_upto(const struct stats *s, float x)
{
    double lo_x = (double)s->min, lo = 0, hi_x = (double)s->max, hi = 1;

    if (x < s->min) {
        return 0;
    }
    if (x >= s->max) {
        return 1;
    }
    for (size_t i = 0; i < STATS_EDGES; i++) {
        if (s->edge[i] > x) {
            hi_x = (double)s->edge[i];
            hi = s->upto[i];
            break;
        }
        lo_x = (double)s->edge[i];
        lo = s->upto[i];
    }
    return hi_x > lo_x ? lo + (hi - lo) * ((double)x - lo_x) / (hi_x - lo_x)
                       : hi;
}

double
stats_psi(const struct stats *was, const struct stats *now)
{
    double psi = 0, was_before = 0, now_before = 0;

    for (size_t bin = 0; bin < BINS; bin++) {
        size_t i = (bin + 1) * (STATS_EDGES + 1) / BINS - 1;
        double was_upto = bin + 1 == BINS ? 1 : was->upto[i];
        double now_upto = bin + 1 == BINS ? 1 : share_upto(now, was->edge[i]);
        double p = fmax(was_upto - was_before, SHARE_MIN);
        double q = fmax(now_upto - now_before, SHARE_MIN);

        psi += (q - p) * log(q / p);
        was_before = was_upto;
        now_before = now_upto;
    }
    return psi;
}
