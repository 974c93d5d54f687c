/* SPDX-License-Identifier: Apache-2.0 */
/*
 * score - scorers side by side on one core: every evaluator of the forest
 * against libxgboost, which runs in the same round. Prints the median of the
 * rounds' times and of their ratios, and the least and largest ratio.
 *
 *   score [ROUNDS [CONTESTS]]   of at most 9, of the first so many
 */
#include "common/base/check.h"
#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/model/scorer_forest.h"
#include "common/model/scorer_xgb.h"
#include "tests/support/train.h"

#include <string.h>

#define ROUNDS_MAX 9
#define CONTENDERS 4
#define ALONE      2 /* of them: what scores one row */

struct contest {
    const char *name;
    struct train train;
    size_t nrow; /* of the bulk runs */
};

struct contender {
    const char *name;
    struct scorer *scorer;
    double us[ROUNDS_MAX]; /* a row */
};

static int
compare_doubles(const void *pa, const void *pb)
{
    double a = *(const double *)pa;
    double b = *(const double *)pb;

    return a < b ? -1 : a > b;
}

static double
median(const double *v, size_t n)
{
    double sorted[ROUNDS_MAX];

    memcpy(sorted, v, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), compare_doubles);
    return sorted[n / 2];
}

/* Score all rows, `batch` a time; microseconds a row. */
static double
time_rows(const struct scorer *s, const float *x, size_t nrow, size_t batch,
          float *y)
{
    uint64_t start = clock_mono_ns();

    for (size_t r = 0; r < nrow; r += batch) {
        CHECK(scorer_score(s, x + r * s->nfeature, batch, y) == RC_OK);
    }
    return (double)(clock_mono_ns() - start) / 1000 / (double)nrow;
}

static void
print_contender(const char *what, const struct contender *c,
                const struct contender *xgb, size_t nround)
{
    double ratio[ROUNDS_MAX];

    for (size_t i = 0; i < nround; i++) {
        ratio[i] = xgb->us[i] / c->us[i];
    }
    qsort(ratio, nround, sizeof(*ratio), compare_doubles);
    printf("  %-8s %-8s %9.3f us/row %7.1f x (%.1f to %.1f)\n", what, c->name,
           median(c->us, nround), ratio[nround / 2], ratio[0],
           ratio[nround - 1]);
}

static void
run(const char *what, struct contender *c, size_t ncontender, const float *x,
    size_t nrow, size_t batch, size_t nround)
{
    float *y = malloc(nrow * sizeof(*y));

    CHECK(y != NULL);
    for (size_t round = 0; round < nround; round++) {
        for (size_t i = 0; i < ncontender; i++) {
            if (c[i].scorer != NULL) {
                c[i].us[round] = time_rows(c[i].scorer, x, nrow, batch, y);
            }
        }
    }
    for (size_t i = 0; i < ncontender; i++) {
        if (c[i].scorer != NULL) {
            print_contender(what, &c[i], &c[0], nround);
        }
    }
    free(y);
}

static void
create_all(struct contender *c, const struct model *m)
{
    static const enum forest_bulk bulk[] = {FOREST_BULK_WALK, FOREST_BULK_AVX2,
                                            FOREST_BULK_AVX512};
    uint32_t rounds = model_info(m)->rounds;
    struct err e;

    CHECK(scorer_xgb_create(&c[0].scorer, m, 0, rounds, SCORER_MARGIN, &e) ==
          RC_OK);
    for (size_t i = 1; i < CONTENDERS; i++) {
        if (scorer_forest_create(&c[i].scorer, m, c[0].scorer, 0, rounds,
                                 SCORER_MARGIN, bulk[i - 1], &e) != RC_OK) {
            printf("  %s: %s\n", c[i].name, e.text);
            c[i].scorer = NULL;
        }
    }
}

static void
hold(const struct contest *contest, size_t nround)
{
    struct contender c[CONTENDERS] = {{.name = "xgboost"},
                                      {.name = "walk"},
                                      {.name = "avx2"},
                                      {.name = "avx512"}};
    struct model *m;
    struct err e;
    size_t len;
    char *bytes = train_model(&contest->train, &len);
    float *x = train_rows(&contest->train, contest->nrow, 99);

    CHECK(model_load(&m, (struct str){bytes, len}, false, &e) == RC_OK);
    printf("%s\n", contest->name);
    create_all(c, m);
    run("one row", c, ALONE, x, contest->nrow / 16, 1, nround);
    run("bulk", c, CONTENDERS, x, contest->nrow, contest->nrow, nround);
    for (size_t i = 0; i < CONTENDERS; i++) {
        scorer_destroy(&c[i].scorer);
    }
    model_destroy(&m);
    free(bytes);
    free(x);
}

/* The argument as a count up to most, which it is when absent. */
static size_t
count_or(int argc, char **argv, int i, size_t most)
{
    uint64_t n = most;

    CHECK(i >= argc || number_parse_u64(str_of(argv[i]), &n));
    return n >= 1 && n < most ? n : most;
}

int
main(int argc, char **argv)
{
    static const struct contest contest[] = {
        {"100 trees, depth 6, 30 features",
         {"binary:logistic", NULL, NULL, 100, 6, 30, 50000, 0, 0},
         32768},
        {"100 trees, depth 6, 30 features, exact thresholds",
         {"binary:logistic", NULL, "tree_method=exact", 100, 6, 30, 20000, 0,
          0},
         32768},
        {"500 trees, depth 8, 100 features",
         {"binary:logistic", NULL, NULL, 500, 8, 100, 20000, 0, 0},
         8192},
    };
    size_t nround = count_or(argc, argv, 1, ROUNDS_MAX);
    size_t n = count_or(argc, argv, 2, sizeof(contest) / sizeof(*contest));

    for (size_t i = 0; i < n; i++) {
        hold(&contest[i], nround);
    }
    return 0;
}
