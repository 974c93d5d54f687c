/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * number_pow10 - powers of ten for number_parse.c and number_format.c.
 *
 * 10^k = (m + d) * 2^number_pow10_exp(k)   2^63 <= m < 2^64, 0 <= d < 1
 *
 * where m is number_pow10[k - NUMBER_POW10_MIN]. d is 0 for k in 0..27.
 */
#include <stdint.h>

#define NUMBER_POW10_MIN   (-64)
#define NUMBER_POW10_MAX   53
#define NUMBER_POW10_COUNT (NUMBER_POW10_MAX - NUMBER_POW10_MIN + 1)

extern const uint64_t number_pow10[NUMBER_POW10_COUNT];

/* floor(k * log2(10)) - 63, for |k| far beyond the table. */
static inline int
number_pow10_exp(int k)
{
    return ((k * 217706) >> 16) - 63;
}
