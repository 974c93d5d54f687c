/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to float32. The text is read into
 *
 *     w * 10^exp      w < 10^19, cut after 19 digits
 *
 * and multiplied by a 64-bit power of ten. The product is known to within
 * SLACK units of its 64th bit, float32 keeps 24: only when the rest lies that
 * near the middle between two floats (ties among them), or the result is not
 * a normal float, is strtof asked.
 */
#include "common/base/number.h"
#include "common/base/number_plain.h"
#include "common/base/number_pow10.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define W_DIGITS 19
/* Beyond it the value is 0 or too large whatever the digits say... */
#define EXP_CAP INT64_C(1000000000000000)
/* ...and these are the exponents strtof need not see exactly. */
#define EXP_FAR 1000
/* The middle of two floats has at most 113 digits. */
#define EXACT_DIGITS 120
#define SLACK        64

struct decimal {
    uint64_t w;
    int64_t exp;
};

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* [+-] digits up to the end of s. */
static bool
read_exponent(struct str s, int64_t *exp)
{
    bool negative = s.len > 0 && s.p[0] == '-';
    size_t i = s.len > 0 && (s.p[0] == '-' || s.p[0] == '+');
    int64_t v = 0;

    if (i == s.len) {
        return false;
    }
    for (; i < s.len; i++) {
        if (!is_digit(s.p[i])) {
            return false;
        }
        v = v < EXP_CAP ? v * 10 + (s.p[i] - '0') : v;
    }
    *exp = negative ? -v : v;
    return true;
}

/* Read digits with at most one dot; returns how many bytes they are. */
static size_t
read_digits(struct str s, struct decimal *d, bool *any)
{
    bool dot = false;
    size_t used = 0;
    size_t i;

    for (i = 0; i < s.len; i++) {
        if (s.p[i] == '.' && !dot) {
            dot = true;
            continue;
        }
        if (!is_digit(s.p[i])) {
            break;
        }
        *any = true;
        d->exp -= dot;
        if (used < W_DIGITS) {
            d->w = d->w * 10 + (uint64_t)(s.p[i] - '0');
            used += d->w != 0;
        } else {
            d->exp++;
        }
    }
    return i;
}

static bool
read_decimal(struct str s, struct decimal *d)
{
    bool any = false;
    int64_t exp = 0;
    size_t n;

    *d = (struct decimal){0};
    n = read_digits(s, d, &any);
    if (!any) {
        return false;
    }
    if (n < s.len) {
        if (s.p[n] != 'e' && s.p[n] != 'E') {
            return false;
        }
        s = (struct str){s.p + n + 1, s.len - n - 1};
        if (!read_exponent(s, &exp)) {
            return false;
        }
    }
    d->exp += exp;
    return true;
}

/*
 * Ask strtof about s, a number by our grammar, of any length: its first
 * EXACT_DIGITS digits, and a 1 for all the others unless they are zeros.
 */
static float
ask_strtof(struct str s, const struct decimal *d)
{
    char text[EXACT_DIGITS + 64];
    /* d->exp belongs to the 19 digits of w: the others come behind it. */
    int64_t exp = d->exp;
    bool rest = false;
    size_t seen = 0;
    size_t n = 0;

    for (size_t i = 0; i < s.len && (s.p[i] | 0x20) != 'e'; i++) {
        if (!is_digit(s.p[i]) || (n == 0 && s.p[i] == '0')) {
            continue;
        }
        seen++;
        if (n < EXACT_DIGITS) {
            text[n++] = s.p[i];
            exp -= seen > W_DIGITS;
        } else {
            rest |= s.p[i] != '0';
        }
    }
    if (rest) {
        text[n++] = '1';
        exp--;
    }
    exp = exp > EXP_FAR ? EXP_FAR : exp < -EXP_FAR ? -EXP_FAR : exp;
    snprintf(text + n, sizeof(text) - n, "e%d", (int)exp);
    return strtof(text, NULL);
}

/* w * 10^exp to *out; false when the slow way must decide. */
static bool
round_f32(uint64_t w, int exp, float *out)
{
    int shift = __builtin_clzll(w);
    uint64_t pow = number_pow10[exp - NUMBER_POW10_MIN];
    unsigned __int128 product = (unsigned __int128)(w << shift) * pow;
    uint64_t top = (uint64_t)(product >> 64);
    /* The value is top * 2^two, or a little more. */
    int two = number_pow10_exp(exp) - shift + 64;
    uint32_t bits;

    if (top >> 63 == 0) {
        top = (uint64_t)(product >> 63);
        two--;
    }
    /* 40 bits do not fit a float: near their half, nobody knows. */
    if ((top & 0xffffffffff) - ((UINT64_C(1) << 39) - SLACK) <= 2 * SLACK) {
        return false;
    }
    two += 63 + 127;
    if (two < 1 || two > 253) {
        return false;
    }
    /* The leading 1 of the 24 bits counts one up in the exponent. */
    bits = ((uint32_t)(two - 1) << 23) + (uint32_t)(top >> 40) +
           (uint32_t)(top >> 39 & 1);
    memcpy(out, &bits, sizeof(bits));
    return true;
}

/* Whatever number_read_plain does not read. */
static bool
parse_any(struct str s, float *out)
{
    struct decimal d;

    if (!read_decimal(s, &d)) {
        return false;
    }
    if (d.w == 0) {
        *out = 0;
    } else if (d.exp < NUMBER_POW10_MIN || d.exp > NUMBER_POW10_MAX ||
               !round_f32(d.w, (int)d.exp, out)) {
        *out = ask_strtof(s, &d);
    }
    return !isinf(*out);
}

/* A copy, as nobody knows what lies before s. */
static bool
parse_plain(struct str s, float *out)
{
    char text[NUMBER_PLAIN_MAX] = {0};

    if (s.len - 1 >= NUMBER_PLAIN_MAX) {
        return false;
    }
    memcpy(text + NUMBER_PLAIN_MAX - s.len, s.p, s.len);
    return number_read_plain(text + NUMBER_PLAIN_MAX, s.len, false, out);
}

bool
number_parse_f32(struct str s, float *out)
{
    bool sign = s.len > 0 && (s.p[0] == '-' || s.p[0] == '+');
    bool negative = sign && s.p[0] == '-';
    float v;

    s = (struct str){s.p + sign, s.len - sign};
    if (!parse_plain(s, &v) && !parse_any(s, &v)) {
        return false;
    }
    *out = negative ? -v : v;
    return true;
}
