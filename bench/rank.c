/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rank - the ten best of a shop's items for every user, shared work against
 * brute force with libxgboost, which runs in the same round on a part of the
 * users. One core; medians of the rounds' times and of their ratios.
 *
 *   rank [FOLDER/ [ROUNDS]]   with model.json, users.csv and items.csv
 */
#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/model/scorer_xgb.h"
#include "tests/support/recs.h"

#define ROUNDS 7 /* at most */
#define TOP    10
#define BRUTE  16  /* users that libxgboost scores a round */
#define SINGLE 200 /* users ranked one by one */
#define MEMORY ((size_t)1 << 30)

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

/* Microseconds a user; rows are made outside of the time taken. */
static double
time_brute(const struct recs *s, const struct scorer *xgb, size_t first)
{
    size_t nitem = s->items.n;
    float *row = recs_alloc(nitem * xgb->nfeature, sizeof(*row));
    float *score = recs_alloc(nitem, sizeof(*score));
    uint64_t took = 0;

    for (size_t u = first; u < first + BRUTE; u++) {
        for (size_t i = 0; i < nitem; i++) {
            float *r = row + i * xgb->nfeature;

            memcpy(r, s->user + u * xgb->nfeature, xgb->nfeature * sizeof(*r));
            for (size_t c = 0; c < s->items.ncolumn; c++) {
                r[s->items.column[c]] = s->items.x[i * s->items.ncolumn + c];
            }
        }
        took -= clock_mono_ns();
        CHECK(scorer_score(xgb, row, nitem, score) == RC_OK);
        took += clock_mono_ns();
    }
    free(row);
    free(score);
    return (double)took / 1000 / BRUTE;
}

static double
time_ranking(const struct recs *s, const struct ranking *r, size_t nuser,
             size_t batch, struct record_item *pick)
{
    size_t nfeature = model_info(s->model)->nfeature;
    uint64_t start = clock_mono_ns();

    for (size_t u = 0; u < nuser; u += batch) {
        CHECK(ranking_top(r, s->user + u * nfeature, batch, TOP, pick) ==
              RC_OK);
    }
    return (double)(clock_mono_ns() - start) / 1000 / (double)nuser;
}

static void
run(const struct recs *s, const struct ranking *r, const struct scorer *xgb,
    const char *name, size_t nround)
{
    struct record_item *pick = recs_alloc(s->users.n * TOP, sizeof(*pick));
    double brute[ROUNDS];
    double one[ROUNDS];
    double all[ROUNDS];
    double one_ratio[ROUNDS];
    double all_ratio[ROUNDS];

    for (size_t i = 0; i < nround; i++) {
        brute[i] = time_brute(s, xgb, i * BRUTE);
        one[i] = time_ranking(s, r, SINGLE, 1, pick);
        all[i] = time_ranking(s, r, s->users.n, s->users.n, pick);
        one_ratio[i] = brute[i] / one[i];
        all_ratio[i] = brute[i] / all[i];
    }
    printf("  %-8s xgboost %8.0f us/user   one user %6.0f us (%.0f x)"
           "   all users %6.1f us/user (%.0f x)\n",
           name, median(brute, nround), median(one, nround),
           median(one_ratio, nround), median(all, nround),
           median(all_ratio, nround));
    free(pick);
}

int
main(int argc, char **argv)
{
    static const char *const name[] = {"plain", "avx2", "avx512"};
    struct scorer *xgb, *scorer;
    struct recs recs;
    struct err e;
    uint64_t nround = ROUNDS;
    uint32_t rounds;

    CHECK(argc <= 2 || number_parse_u64(str_of(argv[2]), &nround));
    CHECK(nround >= 1 && nround <= ROUNDS);
    recs_init(&recs, argc > 1 ? argv[1] : "../shared/data/shop/recs/");
    rounds = model_info(recs.model)->rounds;
    CHECK(scorer_xgb_create(&xgb, recs.model, 0, rounds, SCORER_VALUE, &e) ==
          RC_OK);
    CHECK(scorer_create(&scorer, recs.model, 0, rounds, SCORER_VALUE, &e) ==
          RC_OK);
    printf("%zu users, %zu items, %u rounds\n", recs.users.n, recs.items.n,
           rounds);
    for (enum ranking_isa isa = RANKING_PLAIN; isa <= ranking_isa_best();
         isa++) {
        struct ranking *r;
        uint64_t start = clock_mono_ns();

        CHECK(ranking_create(&r, scorer, &recs.catalogue, isa, MEMORY, &e) ==
              RC_OK);
        printf("  %-8s created in %.0f ms\n", name[isa],
               (double)(clock_mono_ns() - start) / 1e6);
        run(&recs, r, xgb, name[isa], nround);
        ranking_destroy(&r);
    }
    scorer_destroy(&scorer);
    scorer_destroy(&xgb);
    recs_fini(&recs);
    return 0;
}
