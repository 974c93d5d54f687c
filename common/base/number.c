/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/number.h"

bool
number_parse_u64(struct str s, uint64_t *out)
{
    uint64_t v = 0;

    if (s.len == 0) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';

        if (digit > 9 || __builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, digit, &v)) {
            return false;
        }
    }
    *out = v;
    return true;
}

size_t
number_format_u64(uint64_t v, char out[20])
{
    uint64_t limit = 10; /* with n digits v is below it */
    size_t n = 1;

    for (; n < 20 && v >= limit; n++) {
        limit *= 10;
    }
    for (size_t at = n; at > 0; v /= 10) {
        out[--at] = (char)('0' + v % 10);
    }
    return n;
}

/* A byte in each nibble's place, the highest first in memory. */
static uint64_t
spread_nibbles(uint32_t v)
{
    uint64_t w = v;

    w = (w | w << 16) & UINT64_C(0x0000ffff0000ffff);
    w = (w | w << 8) & UINT64_C(0x00ff00ff00ff00ff);
    w = (w | w << 4) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return __builtin_bswap64(w);
}

size_t
number_format_hex(uint64_t v, char out[16])
{
    const uint64_t ones = ~UINT64_C(0) / 255;

    for (int half = 0; half < 2; half++) {
        uint64_t w = spread_nibbles((uint32_t)(v >> (half == 0 ? 32 : 0)));
        uint64_t letter = ((w + ones * 6) >> 4) & ones; /* 10 and above */

        w += ones * '0' + letter * ('a' - '9' - 1);
        memcpy(out + half * 8, &w, sizeof(w));
    }
    return 16;
}

int
number_hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct unit {
    const char *name;
    uint64_t factor;
};

/* Digits and a unit; unit "" must be in the table to be allowed. */
static bool
parse_with_unit(struct str s, const struct unit *unit, size_t nunit,
                uint64_t *out)
{
    struct str number = s;
    uint64_t v;

    while (number.len > 0 &&
           (number.p[number.len - 1] < '0' || number.p[number.len - 1] > '9')) {
        number.len--;
    }
    if (!number_parse_u64(number, &v)) {
        return false;
    }
    s = (struct str){s.p + number.len, s.len - number.len};
    for (size_t i = 0; i < nunit; i++) {
        if (str_eq_nocase(s, str_of(unit[i].name))) {
            return !__builtin_mul_overflow(v, unit[i].factor, out);
        }
    }
    return false;
}

bool
number_parse_size(struct str s, uint64_t *bytes)
{
    static const struct unit unit[] = {
        {"", 1},
        {"B", 1},
        {"K", 1u << 10},
        {"KiB", 1u << 10},
        {"KB", 1000},
        {"M", 1u << 20},
        {"MiB", 1u << 20},
        {"MB", 1000000},
        {"G", 1u << 30},
        {"GiB", 1u << 30},
        {"GB", 1000000000},
        {"T", UINT64_C(1) << 40},
        {"TiB", UINT64_C(1) << 40},
        {"TB", UINT64_C(1000000000000)},
    };

    return parse_with_unit(s, unit, sizeof(unit) / sizeof(unit[0]), bytes);
}

bool
number_parse_duration(struct str s, uint64_t unit_ns, uint64_t *ns)
{
    const uint64_t second = UINT64_C(1000000000);
    const struct unit unit[] = {
        {"", unit_ns},        {"ns", 1},
        {"us", 1000},         {"ms", 1000000},
        {"s", second},        {"m", 60 * second},
        {"h", 3600 * second}, {"d", 86400 * second},
    };

    return parse_with_unit(s, unit, sizeof(unit) / sizeof(unit[0]), ns);
}
