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
#define INF_BITS  (255u << MANT_BITS)

struct scaled {
    uint64_t x;
    uint64_t below; /* half way to the float below, in units of x */
    uint64_t above;
    int exp10; /* of the first of the nine digits */
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
static inline enum fit
fits(const struct scaled *s, uint32_t step, uint32_t *multiple)
{
    uint64_t unit = (uint64_t)step << FRACTION;
    uint32_t down = (uint32_t)(s->x >> FRACTION) / step;
    uint64_t over = s->x - down * unit;
    bool up = over > unit / 2;
    uint64_t away = up ? unit - over : over;
    uint64_t room = up ? s->above : s->below;

    *multiple = down + up;
    if (away > room + FUZZ) {
        return FIT_NO;
    }
    if (near(away, room) || near(over, unit / 2)) {
        return FIT_OPEN;
    }
    return FIT_YES;
}

/* The largest of nine powers of ten that fits; *j is which. */
static enum fit
shorten_any(const struct scaled *s, uint32_t *value, int *j)
{
    enum fit fit = FIT_NO;

    for (*j = DIGITS; fit == FIT_NO && *j > 0;) {
        fit = fits(s, pow10_u32[--*j], value);
    }
    return fit;
}

/* From 100, which fits, to 1000 and beyond. */
static enum fit
lengthen_step(const struct scaled *s, uint32_t *value, int *j)
{
    uint32_t thousands;
    enum fit fit = fits(s, 1000, &thousands);

    if (fit == FIT_NO) {
        return FIT_YES;
    }
    *value = thousands;
    for (*j = 3; *value % 10 == 0 && *j < DIGITS - 1; ++*j) {
        *value /= 10;
    }
    return fit;
}

/*
 * The same for the many floats with 3 to 60 units of room to both sides. Where
 * a power fits, those below it do, so one may go down or up from 100; and at
 * most one multiple of 1000 is that near, so its zeros tell of larger powers.
 * Divisors the compiler knows are why this is not a loop.
 */
static enum fit
shorten_even(const struct scaled *s, uint32_t *value, int *j)
{
    enum fit fit = fits(s, 100, value);

    *j = 2;
    if (fit == FIT_YES) {
        return lengthen_step(s, value, j);
    }
    if (fit == FIT_NO) {
        *j = 1;
        fit = fits(s, 10, value);
    }
    if (fit == FIT_NO) {
        *j = 0;
        fit = fits(s, 1, value);
    }
    return fit;
}

/* Eight digits of value < 10^8: its fours, then pairs, then ones. */
static uint64_t
eight_digits(uint32_t value)
{
    uint64_t v = value / 10000 | (uint64_t)(value % 10000) << 32;
    uint64_t pairs = (v * 5243 >> 19) & UINT64_C(0x0000007f0000007f);
    uint64_t ones;

    v = pairs | (v - pairs * 100) << 16;
    ones = (v * 103 >> 10) & UINT64_C(0x000f000f000f000f);
    return (ones | (v - ones * 10) << 8) + UINT64_C(0x3030303030303030);
}

static size_t
put_exponent(int exp10, char *out)
{
    unsigned e = (unsigned)(exp10 < 0 ? -exp10 : exp10);

    out[0] = 'e';
    out[1] = exp10 < 0 ? '-' : '+';
    out[2] = (char)('0' + e / 10);
    out[3] = (char)('0' + e % 10);
    return 4;
}

/*
 * printf's %g with precision n of nine digits, the first worth 10^exp10.
 * Digits are stored eight at once, and what is past the end does not count.
 */
static size_t
put_general(uint32_t value, size_t n, int exp10, char *out)
{
    bool exponent = exp10 < -4 || exp10 >= (int)n;
    size_t whole = exponent ? 1 : (size_t)exp10 + 1;
    uint64_t tail = eight_digits(value % 100000000);
    char first = (char)('0' + value / 100000000);

    if (!exponent && exp10 < 0) {
        size_t lead = (size_t)-exp10 + 1;

        memcpy(out, "0.000000", 8);
        out[lead] = first;
        memcpy(out + lead + 1, &tail, sizeof(tail));
        return lead + n;
    }
    out[0] = first;
    memcpy(out + 1, &tail, sizeof(tail));
    if (n > whole) {
        out[whole] = '.';
        tail >>= 8 * (whole - 1);
        memcpy(out + whole + 1, &tail, sizeof(tail));
        n++;
    }
    return n + (exponent ? put_exponent(exp10, out + n) : 0);
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
    const char *text = isnan(v)     ? "nan"
                       : v > 0      ? "inf"
                       : v < 0      ? "-inf"
                       : signbit(v) ? "-0.0"
                                    : "0";
    size_t n = strlen(text);

    memcpy(out, text, n);
    return n;
}

size_t
number_format_f32(float v, char out[NUMBER_F32_MAX])
{
    uint32_t bits;
    uint32_t value;
    struct scaled s;
    enum fit fit;
    size_t sign;
    int j;

    memcpy(&bits, &v, sizeof(bits));
    sign = bits >> 31;
    bits &= 0x7fffffff;
    if (bits == 0 || bits >= INF_BITS) {
        return put_special(v, out);
    }
    s = scale_f32(bits);
    fit = s.below == s.above && bits >> MANT_BITS != 0
              ? shorten_even(&s, &value, &j)
              : shorten_any(&s, &value, &j);
    if (fit == FIT_OPEN) {
        return ask_printf(v, out);
    }
    value *= pow10_u32[j];
    if (value == pow10_u32[DIGITS]) {
        value /= 10;
        s.exp10++;
    }
    out[0] = '-';
    return sign + put_general(value, (size_t)(DIGITS - j), s.exp10, out + sign);
}
