/* SPDX-License-Identifier: Apache-2.0 */
/*
 * float32 to the shortest text that reads back. The value is scaled to
 *
 *     x = |v| * 10^k      10^8 <= x < 10^9, in units of 2^-32
 *
 * so that its digits before the point are the nine that always suffice. Then
 * fewer are tried: x rounded to a multiple of 10^j, which reads back while it
 * lies no further from x than half the way to the neighbouring floats. x is
 * good to FUZZ units; where that leaves a comparison open, printf and strtof
 * answer instead.
 */
#include "common/base/number.h"
#include "common/base/number_pow10.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DIGITS    9
#define FRACTION  32
#define FUZZ      16
#define MANT_BITS 23

struct scaled {
    uint64_t x;
    uint64_t below; /* half way to the float below, in units of x */
    uint64_t above;
    int exp10; /* of the first of the nine digits */
};

/* The digits of the answer: the first is worth 10^exp10. */
struct digits {
    uint32_t value;
    int n;
    int exp10;
};

static const uint32_t pow10_u32[] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
};

/* m * 2^e * 10^k in units of 2^-FRACTION. */
static uint64_t
scale(uint64_t m, int e, int k)
{
    uint64_t pow = number_pow10[k - NUMBER_POW10_MIN];
    int shift = -(e + number_pow10_exp(k) + FRACTION);

    return (uint64_t)(((unsigned __int128)m * pow) >> shift);
}

static struct scaled
scale_f32(uint32_t bits)
{
    uint32_t mant = bits & ((1u << MANT_BITS) - 1);
    int biased = (int)(bits >> MANT_BITS);
    uint64_t m = biased == 0 ? mant : mant | 1u << MANT_BITS;
    int e = (biased == 0 ? 1 : biased) - 150;
    /* m * 2^e = 10^(log2 / 3.32); a straight line between powers of two. */
    int top = 63 - __builtin_clzll(m);
    int log2 = (e + top) * 256 + (int)((m << 8 >> top) & 255);
    int exp10 = (log2 * 19728) >> 24;
    int k = DIGITS - 1 - exp10;
    struct scaled s;

    s.x = scale(m, e, k);
    if (s.x >> FRACTION >= pow10_u32[DIGITS]) {
        k--;
        s.x = scale(m, e, k);
    } else if (s.x >> FRACTION < pow10_u32[DIGITS - 1]) {
        k++;
        s.x = scale(m, e, k);
    }
    s.exp10 = DIGITS - 1 - k;
    s.above = scale(1, e - 1, k);
    s.below = mant == 0 && biased > 1 ? s.above / 2 : s.above;
    return s;
}

enum fit {
    FIT_NO,
    FIT_YES,
    FIT_OPEN,
};

static bool
near(uint64_t a, uint64_t b)
{
    return a - b + FUZZ <= 2 * FUZZ;
}

/* Does x, rounded to a multiple of step, read back? *multiple is which. */
static enum fit
fits(const struct scaled *s, uint32_t step, uint32_t *multiple)
{
    uint64_t unit = (uint64_t)step << FRACTION;
    uint32_t down = (uint32_t)(s->x >> FRACTION) / step;
    uint64_t over = s->x - down * unit;
    bool up = over > unit / 2;
    uint64_t away = up ? unit - over : over;
    uint64_t room = up ? s->above : s->below;

    if (away > room + FUZZ) {
        return FIT_NO;
    }
    if (near(away, room) || near(over, unit / 2)) {
        return FIT_OPEN;
    }
    *multiple = down + up;
    return FIT_YES;
}

/* False when the slow way must decide. */
static bool
shorten(const struct scaled *s, bool common, struct digits *d)
{
    uint32_t near1000 = ((uint32_t)(s->x >> FRACTION) + 64) % 1000;
    /* A normal float has 6 to 120 x-units of room: one unlike a multiple of
     * 1000 needs at least seven digits. */
    int j = common && near1000 > 128 ? 2 : DIGITS - 1;
    enum fit fit;

    for (;; j--) {
        fit = fits(s, pow10_u32[j], &d->value);
        if (fit != FIT_NO || j == 0) {
            break;
        }
    }
    d->n = DIGITS - j;
    d->exp10 = s->exp10;
    if (d->value == pow10_u32[d->n]) {
        d->value /= 10;
        d->exp10++;
    }
    return fit == FIT_YES;
}

/* Write value as n digits. */
static void
put_digits(uint32_t value, int n, char *out)
{
    while (n > 0) {
        out[--n] = (char)('0' + value % 10);
        value /= 10;
    }
}

static size_t
put_exponent(int exp10, char *out)
{
    unsigned e = (unsigned)(exp10 < 0 ? -exp10 : exp10);

    out[0] = 'e';
    out[1] = exp10 < 0 ? '-' : '+';
    put_digits(e, 2, out + 2);
    return 4;
}

/* printf's %g with precision d->n. */
static size_t
put_general(const struct digits *d, char *out)
{
    size_t n = (size_t)d->n;
    size_t lead = (size_t)(d->exp10 < 0 ? -d->exp10 : 0);
    size_t whole = d->exp10 < 0 ? 1 : (size_t)d->exp10 + 1;
    char text[DIGITS];
    bool exponent = d->exp10 < -4 || d->exp10 >= d->n;

    put_digits(d->value, d->n, text);
    if (!exponent && lead > 0) {
        memcpy(out, "0.000", lead + 1);
        memcpy(out + lead + 1, text, n);
        return lead + 1 + n;
    }
    whole = exponent ? 1 : whole;
    memcpy(out, text, whole);
    if (n > whole) {
        out[whole] = '.';
        memcpy(out + whole + 1, text + whole, n - whole);
        n++;
    }
    return n + (exponent ? put_exponent(d->exp10, out + n) : 0);
}

static size_t
ask_printf(float v, char out[NUMBER_F32_MAX])
{
    char text[NUMBER_F32_MAX + 1];
    int n = 0;

    for (int p = 1; p <= DIGITS; p++) {
        n = snprintf(text, sizeof(text), "%.*g", p, (double)v);
        if (strtof(text, NULL) == v) {
            break;
        }
    }
    memcpy(out, text, (size_t)n);
    return (size_t)n;
}

static size_t
put_special(float v, char *out)
{
    const char *text = v == 0 ? "0" : isnan(v) ? "nan" : "inf";
    size_t n = strlen(text);

    memcpy(out, text, n);
    return n;
}

size_t
number_format_f32(float v, char out[NUMBER_F32_MAX])
{
    uint32_t bits;
    size_t sign = 0;
    struct digits d;
    struct scaled s;
    bool common;

    memcpy(&bits, &v, sizeof(bits));
    if (bits >> 31 != 0 && !isnan(v)) {
        out[sign++] = '-';
        bits &= 0x7fffffff;
        v = -v;
    }
    if (bits == 0 && sign > 0) {
        memcpy(out, "-0.0", 4);
        return 4;
    }
    if (bits == 0 || !isfinite(v)) {
        return sign + put_special(v, out + sign);
    }
    s = scale_f32(bits);
    common = s.below == s.above && bits >> MANT_BITS != 0;
    if (shorten(&s, common, &d)) {
        return sign + put_general(&d, out + sign);
    }
    return sign + ask_printf(v, out + sign);
}
