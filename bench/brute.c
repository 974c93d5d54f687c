/* SPDX-License-Identifier: Apache-2.0 */
/*
 * brute - what a batch of rankings costs when libxgboost scores every pair:
 * a row for each user and item, all cores, the ten best of each user picked.
 * Nothing is written. For bench/recs.
 *
 *   brute FOLDER/ [USERS]   with model.json, users.csv and items.csv
 *
 * prints the seconds until rows can be scored, and those of USERS users.
 */
#include "common/base/clock.h"
#include "common/model/ranking_pick.h"
#include "common/model/scorer_xgb.h"
#include "tests/support/recs.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define TOP         10
#define THREADS_MAX 64

struct brute {
    struct recs recs;
    struct scorer *xgb;
    size_t nuser;
    _Atomic size_t next; /* user to be ranked */
};

static void
fill_items(const struct recs *s, size_t nfeature, float *row)
{
    for (size_t i = 0; i < s->items.n; i++) {
        for (size_t c = 0; c < s->items.ncolumn; c++) {
            row[i * nfeature + s->items.column[c]] =
                s->items.x[i * s->items.ncolumn + c];
        }
    }
}

/* Only the user's columns change from one user to the next. */
static void
fill_user(const struct recs *s, size_t nfeature, size_t user, float *row)
{
    const float *x = s->users.x + user * s->users.ncolumn;

    for (size_t i = 0; i < s->items.n; i++) {
        for (size_t c = 0; c < s->users.ncolumn; c++) {
            row[i * nfeature + s->users.column[c]] = x[c];
        }
    }
}

static void *
rank_users(void *arg)
{
    struct brute *b = arg;
    size_t nitem = b->recs.items.n, nfeature = b->xgb->nfeature, user;
    float *row = recs_alloc(nitem * nfeature, sizeof(*row));
    float *score = recs_alloc(nitem, sizeof(*score));
    struct record_item best[TOP];

    fill_items(&b->recs, nfeature, row);
    while ((user = atomic_fetch_add(&b->next, 1)) < b->nuser) {
        fill_user(&b->recs, nfeature, user, row);
        CHECK(scorer_score(b->xgb, row, nitem, score) == RC_OK);
        ranking_pick_best(score, nitem, 1, TOP, best);
    }
    free(row);
    free(score);
    return NULL;
}

static void
rank_all(struct brute *b)
{
    pthread_t thread[THREADS_MAX];
    long ncore = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = ncore > THREADS_MAX ? THREADS_MAX : (size_t)ncore;

    for (size_t i = 0; i < n; i++) {
        CHECK(pthread_create(&thread[i], NULL, rank_users, b) == 0);
    }
    for (size_t i = 0; i < n; i++) {
        CHECK(pthread_join(thread[i], NULL) == 0);
    }
}

int
main(int argc, char **argv)
{
    struct brute b = {0};
    uint64_t start = clock_mono_ns(), ready;
    struct err e;

    CHECK(argc > 1);
    recs_init(&b.recs, argv[1]);
    CHECK(scorer_xgb_create(&b.xgb, b.recs.model, 0,
                            model_info(b.recs.model)->rounds, SCORER_VALUE,
                            &e) == RC_OK);
    b.nuser = argc > 2 ? strtoul(argv[2], NULL, 10) : b.recs.users.n;
    CHECK(b.nuser <= b.recs.users.n);
    ready = clock_mono_ns();
    rank_all(&b);
    printf("%.3f %.3f\n", (double)(ready - start) / 1e9,
           (double)(clock_mono_ns() - ready) / 1e9);
    scorer_destroy(&b.xgb);
    recs_fini(&b.recs);
    return 0;
}
