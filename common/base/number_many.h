/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * number_many - the numbers of many cells at once, eight a step where the CPU
 * has AVX-512. For who cuts a text into cells; number_parse_f32 is for the
 * cells that are odd.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBER_MANY 64

/*
 * Cell i is the len[i] characters before end[i]. Sixteen characters before
 * each end are read, whatever its len; they must be there.
 */
struct number_many {
    size_t n; /* of the cells that follow, at most NUMBER_MANY */
    const char *end[NUMBER_MANY];
    uint32_t len[NUMBER_MANY];
    float value[NUMBER_MANY];
};

/* What this CPU has. */
bool number_many_has_avx512(void);

/*
 * Fill value: a number as number_parse_f32 reads it, or NaN for an empty cell.
 * Returns a bit for each odd cell, the first one's lowest: it is no number, or
 * one that needs more care (an exponent, many digits, the middle of two
 * floats); its value means nothing. What is behind the n cells is overwritten.
 */
uint64_t number_many_read(struct number_many *m, bool avx512);

/* The two ways of doing it, for number_many_read. */
uint64_t number_many_read_plain(struct number_many *m);
uint64_t number_many_read_avx512(struct number_many *m);
