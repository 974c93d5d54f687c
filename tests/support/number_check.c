/* SPDX-License-Identifier: Apache-2.0 */
/*
 * number_check - number_parse_f32 and number_many against strtof, on as many
 * random texts as the argument says, taken in turn from the classes below.
 * Prints how many of each differ; exit 1 if any does.
 *
 *     build/support/number_check 100000000
 */
#include "common/base/number.h"
#include "common/base/number_many.h"
#include "tests/support/guarded.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX 64

/* xorshift64: the same texts in every run. */
static uint64_t
next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Any finite float32. */
static double
any_float(uint64_t *seed)
{
    uint32_t bits;
    float v;

    do {
        bits = (uint32_t)(next_random(seed) >> 16);
        memcpy(&v, &bits, sizeof(v));
    } while (!isfinite(v));
    return (double)v;
}

static void
put_unit(uint64_t *seed, char *out)
{
    unsigned digits = (unsigned)(next_random(seed) % 10);

    snprintf(out, TEXT_MAX, "%.*f", (int)digits,
             (double)(next_random(seed) >> 11) * 0x1p-53);
}

static void
put_integer(uint64_t *seed, char *out)
{
    int shift = (int)(next_random(seed) % 64);

    snprintf(out, TEXT_MAX, "%" PRId64, (int64_t)next_random(seed) >> shift);
}

static void
put_cents(uint64_t *seed, char *out)
{
    unsigned v = (unsigned)(next_random(seed) >> 16);

    snprintf(out, TEXT_MAX, "%s%u.%02u", v % 3 == 0 ? "-" : "", v / 4096,
             v % 100);
}

static void
put_shortest(uint64_t *seed, char *out)
{
    snprintf(out, TEXT_MAX, "%.9g", any_float(seed));
}

static void
put_double(uint64_t *seed, char *out)
{
    snprintf(out, TEXT_MAX, "%.17g", any_float(seed) * (1 + 0x1p-30));
}

/* The middle of two neighbours, in 8 to 40 digits. */
static void
put_middle(uint64_t *seed, char *out)
{
    float low = (float)any_float(seed);
    double middle = ((double)low + (double)nextafterf(low, 0)) / 2;

    snprintf(out, TEXT_MAX, "%.*e", (int)(7 + next_random(seed) % 33), middle);
}

/* A middle without an exponent: an odd integer of 25 bits, scaled. */
static void
put_exact_middle(uint64_t *seed, char *out)
{
    uint64_t odd = next_random(seed) >> 39 | 1 | 1 << 24;
    int shift = (int)(next_random(seed) % 8);

    snprintf(out, TEXT_MAX, "%.*f", shift, ldexp((double)odd, -shift));
}

static void
put_edge(uint64_t *seed, char *out)
{
    uint64_t w = next_random(seed) >> next_random(seed) % 64;
    int exp = (int)(next_random(seed) % 140) - 75;

    snprintf(out, TEXT_MAX, "%" PRIu64 "e%d", w, exp);
}

/* Digits with a dot anywhere, zeros in front. */
static void
put_digits(uint64_t *seed, char *out)
{
    size_t n = 1 + next_random(seed) % 24;
    size_t dot = next_random(seed) % 26;
    uint64_t zeros = next_random(seed);

    for (size_t i = 0; i < n; i++) {
        char digit = (char)('0' + next_random(seed) % 10);

        out[i] = (char)(i == dot ? '.' : zeros >> i & 1 ? '0' : digit);
    }
    out[n] = '\0';
}

static void
put_junk(uint64_t *seed, char *out)
{
    static const char letter[] = "0123456789012345.+-eE/:";
    size_t n = next_random(seed) % 18;

    for (size_t i = 0; i < n; i++) {
        out[i] = letter[next_random(seed) % (sizeof(letter) - 1)];
    }
    out[n] = '\0';
}

typedef void (*put_fn)(uint64_t *seed, char *out);

static const struct {
    const char *name;
    put_fn put;
} classes[] = {
    {"unit", put_unit},
    {"integer", put_integer},
    {"cents", put_cents},
    {"%.9g of any float", put_shortest},
    {"%.17g", put_double},
    {"middles", put_middle},
    {"exact middles", put_exact_middle},
    {"exponents at the edges", put_edge},
    {"digits and a dot", put_digits},
    {"junk", put_junk},
};

#define NCLASS (sizeof(classes) / sizeof(classes[0]))

static bool
agree(struct guarded *g, const char *text)
{
    struct str s = str_of(text);
    char *end;
    float want = strtof(text, &end);
    bool number = s.len > 0 && end == text + s.len && !isinf(want);
    float got;
    bool ok = number_parse_f32(guarded_copy(g, s), &got);

    return ok == number && (!ok || memcmp(&got, &want, sizeof(got)) == 0);
}

/* The texts that are read together, each with what it must be. */
struct together {
    char text[NUMBER_MANY][TEXT_MAX];
    size_t of_class[NUMBER_MANY];
    struct number_many many;
};

static void
add_text(struct together *t, const char *text, size_t of_class)
{
    size_t i = t->many.n++;
    size_t len = strlen(text);

    /* Right-aligned: what older texts left before it must not show. */
    memcpy(t->text[i] + TEXT_MAX - len, text, len);
    t->many.end[i] = t->text[i] + TEXT_MAX;
    t->many.len[i] = (uint32_t)len;
    t->of_class[i] = of_class;
}

/* Read them in one way and count those that number_parse_f32 reads otherwise.
 */
static void
check_together(struct together *t, bool avx512, uint64_t *differ)
{
    uint64_t odd = number_many_read(&t->many, avx512);

    for (size_t i = 0; i < t->many.n; i++) {
        struct str s = {t->many.end[i] - t->many.len[i], t->many.len[i]};
        float want = NAN;

        if (odd >> i & 1 ||
            ((s.len == 0 || number_parse_f32(s, &want)) &&
             memcmp(&want, &t->many.value[i], sizeof(want)) == 0)) {
            continue;
        }
        differ[t->of_class[i]]++;
        printf("differs among many: %.*s\n", STR_ARG(s));
    }
}

int
main(int argc, char **argv)
{
    uint64_t differ[NCLASS] = {0};
    uint64_t seed = 88172645463325252u;
    char text[TEXT_MAX];
    struct together many = {.many.n = 0};
    struct guarded g;
    uint64_t count;
    uint64_t bad = 0;

    if (argc != 2 || !number_parse_u64(str_of(argv[1]), &count)) {
        fprintf(stderr, "usage: number_check COUNT\n");
        return 2;
    }
    guarded_init(&g, TEXT_MAX);
    for (uint64_t i = 0; i < count; i++) {
        classes[i % NCLASS].put(&seed, text);
        if (!agree(&g, text)) {
            differ[i % NCLASS]++;
            printf("differs: %s\n", text);
        }
        add_text(&many, text, i % NCLASS);
        if (many.many.n == NUMBER_MANY || i + 1 == count) {
            check_together(&many, false, differ);
            if (number_many_has_avx512()) {
                check_together(&many, true, differ);
            }
            many.many.n = 0;
        }
    }
    for (size_t i = 0; i < NCLASS; i++) {
        printf("%-24s %" PRIu64 " differ\n", classes[i].name, differ[i]);
        bad += differ[i];
    }
    printf("%" PRIu64 " texts, %" PRIu64 " differ\n", count, bad);
    guarded_fini(&g);
    return bad == 0 ? 0 : 1;
}
