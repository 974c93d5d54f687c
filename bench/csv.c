/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv - a CSV of 31 columns parsed and converted on one core, as batchgen does
 * it, beside memchr and strtof for each cell in the same round. Prints the
 * median of the rounds' GB/s and of their ratios, and the least and largest
 * ratio. Its argument: how many rounds.
 */
#include "common/base/buf.h"
#include "common/base/check.h"
#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/model/row.h"
#include "tests/support/named_csv.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 9
#define NROW       200000
#define NFEATURE   30
#define SIZE_MOST  ((size_t)1 << 30)

struct contest {
    const char *name;
    void (*put)(struct buf *out, uint64_t random);
};

typedef float (*parse_fn)(const struct row_plan *p, struct str text);

/* xorshift64: the same file in every run. */
static uint64_t
next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* 0.12345 */
static void
put_unit(struct buf *out, uint64_t random)
{
    buf_printf(out, "0.%05" PRIu64, random % 100000);
}

/* What people have: signs, counts, prices, a cell in 50 empty. */
static void
put_mixed(struct buf *out, uint64_t random)
{
    uint64_t v = random >> 16;

    if (random % 50 == 0) {
        return;
    }
    switch (random % 4) {
    case 0:
        buf_printf(out, "%" PRIu64, v % 1000);
        break;
    case 1:
        buf_printf(out, "%" PRIu64 ".%02" PRIu64, v % 999, v % 97);
        break;
    default:
        buf_printf(out, "%s%.6f", v % 2 == 0 ? "-" : "",
                   (double)(random >> 11) * 0x1p-53);
    }
}

static void
write_rows(struct buf *out, const struct contest *c)
{
    uint64_t seed = 88172645463325252u;

    for (size_t r = 0; r < NROW; r++) {
        buf_printf(out, "u%07zu", r);
        for (size_t i = 0; i < NFEATURE; i++) {
            buf_char(out, ',');
            c->put(out, next_random(&seed));
        }
        buf_char(out, '\n');
    }
    CHECK(!buf_failed(out));
}

/* The next line without its end. */
static struct str
take_line(struct str *text)
{
    const char *end = memchr(text->p, '\n', text->len);
    struct str line = {text->p, (size_t)(end - text->p)};

    text->p += line.len + 1;
    text->len -= line.len + 1;
    return line;
}

/* Every way returns what keeps the compiler from leaving it out. */
static float
parse_ours(const struct row_plan *p, struct str text)
{
    char scratch[4096];
    float x[NFEATURE];
    float sum = 0;

    while (text.len > 0) {
        struct str line = take_line(&text);
        struct row_where where;
        struct str id;

        CHECK(row_parse(p, line, scratch, &id, x, &where) == ROW_OK);
        sum += isnan(x[0]) ? 0 : x[0];
    }
    return sum;
}

static float
parse_theirs(const struct row_plan *p, struct str text)
{
    float x[NFEATURE];
    float sum = 0;

    (void)p;
    while (text.len > 0) {
        struct str line = take_line(&text);
        const char *end = line.p + line.len;
        const char *cell = memchr(line.p, ',', line.len);

        for (size_t i = 0; i < NFEATURE; i++) {
            const char *next = memchr(cell + 1, ',', (size_t)(end - cell - 1));
            const char *stop = next == NULL ? end : next;

            x[i] = stop == cell + 1 ? NAN : strtof(cell + 1, NULL);
            cell = stop;
        }
        sum += isnan(x[0]) ? 0 : x[0];
    }
    return sum;
}

static double
time_parse(parse_fn parse, const struct row_plan *p, struct str text,
           float *sum)
{
    uint64_t start = clock_mono_ns();

    *sum = parse(p, text);
    return (double)text.len / (double)(clock_mono_ns() - start);
}

static int
compare_doubles(const void *pa, const void *pb)
{
    double a = *(const double *)pa;
    double b = *(const double *)pb;

    return a < b ? -1 : a > b;
}

static double
median(double *v, size_t n)
{
    qsort(v, n, sizeof(*v), compare_doubles);
    return v[n / 2];
}

static void
hold(const struct contest *c, const struct row_plan *p, size_t rounds)
{
    double ours[ROUNDS_MAX], theirs[ROUNDS_MAX], ratio[ROUNDS_MAX];
    struct buf text;
    float sum[2];

    buf_init(&text, SIZE_MOST);
    write_rows(&text, c);
    for (size_t i = 0; i < rounds; i++) {
        ours[i] = time_parse(parse_ours, p, buf_view(&text), &sum[0]);
        theirs[i] = time_parse(parse_theirs, p, buf_view(&text), &sum[1]);
        ratio[i] = ours[i] / theirs[i];
        CHECK(sum[0] == sum[1]);
    }
    printf("%-6s %3zu MB: %.2f GB/s, memchr and strtof %.3f GB/s, %.1f x ",
           c->name, text.len / 1000000, median(ours, rounds),
           median(theirs, rounds), median(ratio, rounds));
    printf("(%.1f to %.1f)\n", ratio[0], ratio[rounds - 1]);
    buf_fini(&text);
}

/* The plan of a header: user_id and the features. */
static struct row_plan *
make_plan(struct schema **s)
{
    struct str name[NFEATURE];
    char text[NFEATURE][8];
    struct row_plan *p;
    struct buf header;
    struct err e;

    buf_init(&header, SIZE_MOST);
    buf_c(&header, "user_id");
    for (size_t i = 0; i < NFEATURE; i++) {
        snprintf(text[i], sizeof(text[i]), "f%zu", i);
        name[i] = str_of(text[i]);
        buf_printf(&header, ",%s", text[i]);
    }
    CHECK(schema_create(s, name, NFEATURE, &e) == RC_OK);
    CHECK(row_plan_create(&p, NAMED_CSV(*s, NULL), buf_view(&header), &e) ==
          RC_OK);
    buf_fini(&header);
    return p;
}

int
main(int argc, char **argv)
{
    static const struct contest contest[] = {
        {"units", put_unit},
        {"mixed", put_mixed},
    };
    struct schema *s;
    struct row_plan *p = make_plan(&s);
    uint64_t rounds = 9;

    CHECK(argc < 2 || (number_parse_u64(str_of(argv[1]), &rounds) &&
                       rounds > 0 && rounds <= ROUNDS_MAX));
    for (size_t i = 0; i < sizeof(contest) / sizeof(*contest); i++) {
        hold(&contest[i], p, rounds);
    }
    row_plan_destroy(&p);
    schema_destroy(&s);
    return 0;
}
