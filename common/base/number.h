/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * number - text to numbers and back, the same bits as the C library gives,
 * without its cost and without its locale.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Room number_format_f32 needs: the longest text ("-1.17549435e-38") is
 * shorter, but digits are stored eight at once.
 */
#define NUMBER_F32_MAX 24

/*
 * A decimal number, correctly rounded to float32 (as strtof in the C locale):
 * [+-] digits [. digits] [e [+-] digits], at least one digit. False for
 * anything else: blanks, hex, inf, nan, trailing bytes. A value too large for
 * float32 is false too (it would be inf).
 */
bool number_parse_f32(struct str s, float *out);

/* Has s the shape that number_parse_f32 reads, too large or not? */
bool number_is_decimal(struct str s);

/*
 * What Python's float() reads, rounded to float32: blanks around, underscores
 * between digits, nan, inf and infinity of any case and sign. What is too
 * large is infinite. False: float() would not read it.
 */
bool number_parse_python(struct str s, float *out);

/*
 * C's "%.{p}g" with the least p (1..9) that strtof reads back: 0.1, 1e-05,
 * 16777216 is "16777216". -0 is "-0.0". NaN and infinities are the caller's
 * business: they give "nan", "inf", "-inf". Returns the length (1..15), no
 * NUL; what is behind it in out is overwritten.
 */
size_t number_format_f32(float v, char out[NUMBER_F32_MAX]);

/* Room for "-2.2250738585072014e-308" and the NUL behind it. */
#define NUMBER_REPR_MAX 32

/*
 * What Python's repr() gives: the shortest text that reads back as the same
 * double, 1.0, 1e-05, 1e+16, nan, -inf. Returns the length.
 */
size_t number_format_repr(double v, char out[NUMBER_REPR_MAX]);

/* Decimal digits only, no sign, no overflow. */
bool number_parse_u64(struct str s, uint64_t *out);

/* Returns the length (1..20), no NUL. */
size_t number_format_u64(uint64_t v, char out[20]);

/* All 16 digits, in lower case, no NUL. Returns 16. */
size_t number_format_hex(uint64_t v, char out[16]);

/* 0 to 15, of either case; -1: c is no hex digit. */
int number_hex_digit(char c);

/* Bytes: "4096", "64KiB", "2GiB", "10MB" (also K, M, G = binary). */
bool number_parse_size(struct str s, uint64_t *bytes);

/* "250ms", "5s", "10m", "36h", "7d"; a bare number is in `unit_ns`. */
bool number_parse_duration(struct str s, uint64_t unit_ns, uint64_t *ns);
