/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 17

/* A positive number as d.ddd e exp10. */
struct decimal {
    char digit[DIGITS_MAX + 1];
    int n;
    int exp10;
};

static struct decimal
round_to(double v, int n)
{
    struct decimal d = {.n = n};
    char text[DIGITS_MAX + 16];

    snprintf(text, sizeof(text), "%.*e", n - 1, v);
    d.digit[0] = text[0];
    if (n > 1) {
        memcpy(d.digit + 1, text + 2, (size_t)n - 1);
    }
    d.exp10 = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    return d;
}

static bool
reads_back(const struct decimal *d, double v)
{
    char text[DIGITS_MAX + 16];

    snprintf(text, sizeof(text), "%se%d", d->digit, d->exp10 - d->n + 1);
    return strtod(text, NULL) == v;
}

/* The next larger one of as many digits. */
static struct decimal
step_up(struct decimal d)
{
    int i = d.n - 1;

    while (i >= 0 && d.digit[i] == '9') {
        d.digit[i--] = '0';
    }
    if (i < 0) {
        d.digit[0] = '1';
        d.exp10++;
    } else {
        d.digit[i]++;
    }
    return d;
}

/*
 * More digits never read back worse. But a power of two has neighbours below
 * at half the distance of those above, so a digit less, rounded up, may do.
 */
static struct decimal
shorten(double v)
{
    int low = 1, high = DIGITS_MAX, exponent;
    struct decimal d;

    while (low < high) {
        int mid = (low + high) / 2;

        d = round_to(v, mid);
        if (reads_back(&d, v)) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    d = round_to(v, low);
    if (low > 1 && frexp(v, &exponent) == 0.5) {
        struct decimal up = step_up(round_to(v, low - 1));

        d = reads_back(&up, v) ? up : d;
    }
    return d;
}

/* Point where it belongs, from 0.0001 up to below 1e16. */
static int
put_fixed(const struct decimal *d, const char *sign, char *out)
{
    static const char zeros[] = "000000000000000";
    int whole = d->exp10 + 1;

    if (d->exp10 < 0) {
        return snprintf(out, NUMBER_REPR_MAX, "%s0.%.*s%s", sign, -whole, zeros,
                        d->digit);
    }
    if (d->n > whole) {
        return snprintf(out, NUMBER_REPR_MAX, "%s%.*s.%s", sign, whole,
                        d->digit, d->digit + whole);
    }
    return snprintf(out, NUMBER_REPR_MAX, "%s%s%.*s.0", sign, d->digit,
                    whole - d->n, zeros);
}

size_t
number_format_repr(double v, char out[NUMBER_REPR_MAX])
{
    const char *sign = signbit(v) && !isnan(v) ? "-" : "";
    struct decimal d;

    if (!isfinite(v) || v == 0) {
        return (size_t)snprintf(out, NUMBER_REPR_MAX, "%s%s", sign,
                                isnan(v)   ? "nan"
                                : isinf(v) ? "inf"
                                           : "0.0");
    }
    d = shorten(fabs(v));
    if (d.exp10 >= -4 && d.exp10 < 16) {
        return (size_t)put_fixed(&d, sign, out);
    }
    return (size_t)snprintf(out, NUMBER_REPR_MAX, "%s%c%s%se%c%02d", sign,
                            d.digit[0], d.n > 1 ? "." : "", d.digit + 1,
                            d.exp10 < 0 ? '-' : '+', abs(d.exp10));
}
