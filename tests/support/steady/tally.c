/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/steady/tally.h"

#include "common/base/clock.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define NINES 5 /* the curve ends at 99.999 % */
#define STEPS 4 /* points of the curve for each nine */

static void
note_generation(struct tally *t, uint64_t generation)
{
    uint64_t now_us = clock_wall_us();
    struct seen *s = t->seen;

    while (s < t->seen + t->nseen && s->generation != generation) {
        s++;
    }
    if (s == t->seen + TALLY_GENERATIONS) {
        return;
    }
    if (s == t->seen + t->nseen) {
        *s = (struct seen){.generation = generation, .first_us = now_us};
        t->nseen++;
    }
    s->answers++;
    s->last_us = now_us;
}

static void
note_source(struct tally *t, const char *source)
{
    if (strcmp(source, "precomputed") == 0) {
        t->precomputed++;
    } else if (strcmp(source, "live") == 0) {
        t->live++;
    } else {
        t->other++;
    }
}

void
tally_answer(struct tally *t, enum verdict v, const struct prediction *p,
             uint64_t latency_ns)
{
    hist_record(&t->latency, latency_ns);
    if (latency_ns > t->latency_max) {
        t->latency_max = latency_ns;
    }
    if (p->generation != 0) {
        note_generation(t, p->generation);
        note_source(t, p->source);
    }
    switch (v) {
    case VERDICT_OK:
        t->ok++;
        break;
    case VERDICT_STATUS:
        t->failed.status++;
        break;
    case VERDICT_MALFORMED:
        t->failed.malformed++;
        break;
    case VERDICT_MISSING:
        t->missing++;
        break;
    case VERDICT_MISMATCHED:
        t->mismatched++;
        break;
    }
}

static uint64_t
failures(const struct tally *t)
{
    uint64_t n = 0;

#define ADD(name) n += t->failed.name;
    TALLY_FAILURES(ADD)
#undef ADD
    return n;
}

bool
tally_good(const struct tally *t)
{
    return t->ok == t->sent && failures(t) == 0;
}

static double
quantile_us(const struct tally *t, double q)
{
    return (double)hist_quantile(&t->latency, q) / 1e3;
}

/* [share of the answers that took longer, us], evenly spaced in its log. */
static void
print_curve(const struct tally *t, FILE *out)
{
    for (int i = 0; i <= NINES * STEPS; i++) {
        double above = pow(10, -(double)i / STEPS);

        fprintf(out, "%s[%.3g,%.1f]", i > 0 ? "," : "", above,
                quantile_us(t, 1 - above));
    }
}

void
tally_print(const struct tally *t, FILE *out)
{
    const char *comma = "";

    fprintf(out, "{\"sent\":%" PRIu64 ",\"ok\":%" PRIu64 ",\"failed\":{",
            t->sent, t->ok);
#define PRINT(name)                                                            \
    fprintf(out, "%s\"" #name "\":%" PRIu64, comma, t->failed.name);           \
    comma = ",";
    TALLY_FAILURES(PRINT)
#undef PRINT
    fprintf(out, "},\"missing\":%" PRIu64 ",\"mismatched\":%" PRIu64,
            t->missing, t->mismatched);
    fprintf(out,
            ",\"sources\":{\"precomputed\":%" PRIu64 ",\"live\":%" PRIu64
            ",\"other\":%" PRIu64 "}",
            t->precomputed, t->live, t->other);
    fprintf(out,
            ",\"seconds\":%.3f,\"latency_us\":{\"p50\":%.1f,\"p99\":%.1f,"
            "\"p99.9\":%.1f,\"p99.99\":%.1f,\"max\":%.1f},\"curve\":[",
            t->seconds, quantile_us(t, 0.5), quantile_us(t, 0.99),
            quantile_us(t, 0.999), quantile_us(t, 0.9999),
            (double)t->latency_max / 1e3);
    print_curve(t, out);
    fputs("],\"generations\":{", out);
    for (size_t i = 0; i < t->nseen; i++) {
        const struct seen *s = &t->seen[i];

        fprintf(out,
                "%s\"%" PRIu64 "\":{\"answers\":%" PRIu64
                ",\"first_us\":%" PRIu64 ",\"last_us\":%" PRIu64 "}",
                i > 0 ? "," : "", s->generation, s->answers, s->first_us,
                s->last_us);
    }
    fputs("}}\n", out);
}
