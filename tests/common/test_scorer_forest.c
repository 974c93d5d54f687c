/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every evaluator against libxgboost, bit for bit, on 10,000 rows at and
 * around the thresholds.
 */
#include "common/model/forest_sample.h"
#include "common/model/model.h"
#include "common/model/scorer_forest.h"
#include "common/model/scorer_xgb.h"
#include "tests/support/train.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS 10000

static const enum scorer_predict predicts[] = {
    SCORER_VALUE,
    SCORER_MARGIN,
    SCORER_LEAF,
};

static const enum forest_bulk bulks[] = {
    FOREST_BULK_FASTEST,
    FOREST_BULK_WALK,
    FOREST_BULK_AVX2,
    FOREST_BULK_AVX512,
};

static void
must(enum rc rc, const struct err *e)
{
    if (rc != RC_OK) {
        fail_msg("%s", e->text);
    }
}

/* A model under test and the rows to compare it on. */
struct subject {
    const char *name;
    struct model *model;
    float *x;
    uint32_t begin;
    uint32_t end;
};

static void
make_rows(struct subject *s)
{
    struct forest *f;
    struct err e;
    char *booster;
    size_t len;

    must(model_ubj(s->model, &booster, &len, &e), &e);
    must(forest_create(&f, (struct str){booster, len}, s->begin, s->end, &e),
         &e);
    s->x = malloc(ROWS * f->nfeature * sizeof(*s->x));
    assert_non_null(s->x);
    forest_sample(f, 42, ROWS, s->x);
    forest_destroy(&f);
    free(booster);
}

static void
same_bits(const struct subject *s, const struct scorer *a,
          const struct scorer *b, size_t batch)
{
    size_t n = batch == 1 ? 200 : ROWS;
    float *y = malloc(ROWS * a->noutput * sizeof(*y));
    float *expected = malloc(ROWS * a->noutput * sizeof(*expected));

    assert_non_null(y);
    assert_non_null(expected);
    assert_int_equal(scorer_score(b, s->x, n, expected), RC_OK);
    for (size_t r = 0; r < n; r += batch) {
        size_t rows = n - r < batch ? n - r : batch;

        assert_int_equal(
            scorer_score(a, s->x + r * a->nfeature, rows, y + r * a->noutput),
            RC_OK);
    }
    assert_memory_equal(y, expected, n * a->noutput * sizeof(*y));
    free(y);
    free(expected);
}

/* Whether the evaluator served; one this CPU lacks, or too deep, may not. */
static bool
compare(const struct subject *s, enum scorer_predict predict,
        enum forest_bulk bulk)
{
    static const size_t batch[] = {1, 7, 8, 63, 64, 300, ROWS};
    struct scorer *xgb;
    struct scorer *forest;
    struct err e = {""};

    must(scorer_xgb_create(&xgb, s->model, s->begin, s->end, predict, &e), &e);
    if (scorer_forest_create(&forest, s->model, xgb, s->begin, s->end, predict,
                             bulk, &e) != RC_OK) {
        print_message("%s, predict %d, bulk %d: %s\n", s->name, predict, bulk,
                      e.text);
        scorer_destroy(&xgb);
        return false;
    }
    for (size_t i = 0; i < sizeof(batch) / sizeof(*batch); i++) {
        same_bits(s, forest, xgb, batch[i]);
    }
    scorer_destroy(&forest);
    scorer_destroy(&xgb);
    return true;
}

static void
compare_all(struct subject *s)
{
    make_rows(s);
    for (size_t p = 0; p < sizeof(predicts) / sizeof(*predicts); p++) {
        for (size_t b = 0; b < sizeof(bulks) / sizeof(*bulks); b++) {
            bool served = compare(s, predicts[p], bulks[b]);

            assert_true(served || bulks[b] > FOREST_BULK_WALK);
        }
    }
    free(s->x);
}

static void
compare_trained(const struct train *t, uint32_t begin, uint32_t end)
{
    struct subject s = {.name = t->objective, .begin = begin, .end = end};
    struct err e;
    size_t len;
    char *bytes = train_model(t, &len);

    must(model_load(&s.model, (struct str){bytes, len}, false, &e), &e);
    compare_all(&s);
    model_destroy(&s.model);
    free(bytes);
}

static void
objectives_are_exact(void **state)
{
    static const char *const one[] = {
        "reg:squarederror", "reg:squaredlogerror", "reg:pseudohubererror",
        "reg:logistic",     "binary:logistic",     "binary:logitraw",
        "binary:hinge",     "count:poisson",       "reg:gamma",
        "reg:tweedie",      "survival:cox",        "survival:aft",
        "rank:pairwise",    "reg:absoluteerror",
    };
    static const char *const many[] = {"multi:softmax", "multi:softprob"};
    struct train t = {.rounds = 9, .depth = 4, .nfeature = 6, .nrow = 2000};

    (void)state;
    for (size_t i = 0; i < sizeof(one) / sizeof(*one); i++) {
        t.objective = one[i];
        t.extra = "base_score=0.37";
        compare_trained(&t, 0, 9);
    }
    t.nclass = 5;
    for (size_t i = 0; i < sizeof(many) / sizeof(*many); i++) {
        t.objective = many[i];
        compare_trained(&t, 0, 9);
    }
}

static void
shapes_are_exact(void **state)
{
    static const struct train shape[] = {
        {"binary:logistic", NULL, NULL, 20, 1, 3, 500, 0, 0},
        {"binary:logistic", NULL, NULL, 20, 2, 3, 500, 0, 0.5f},
        {"binary:logistic", NULL, NULL, 11, 7, 12, 4000, 0, 0},
        {"binary:logistic", NULL, NULL, 11, 8, 12, 4000, 0, 0},
        {"binary:logistic", NULL, NULL, 5, 11, 12, 8000, 0, 0},
        {"reg:squarederror", NULL, "tree_method=exact", 40, 6, 2, 6000, 0, 0},
        {"reg:squarederror", NULL, "num_parallel_tree=3 subsample=0.5", 7, 5, 9,
         2000, 0, 0},
        {"binary:logistic", "dart", "rate_drop=0.3", 20, 5, 9, 2000, 0, 0},
        {"multi:softprob", "dart", "rate_drop=0.3", 9, 3, 9, 2000, 3, 0},
        {"reg:squarederror", NULL, "gamma=1e9", 3, 5, 3, 200, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(shape) / sizeof(*shape); i++) {
        compare_trained(&shape[i], 0, (uint32_t)shape[i].rounds);
    }
}

static void
ranges_of_rounds_are_exact(void **state)
{
    static const struct train t = {
        "multi:softprob", NULL, "num_parallel_tree=2", 8, 4, 5, 2000, 3, 0};

    (void)state;
    compare_trained(&t, 0, 1);
    compare_trained(&t, 2, 5);
    compare_trained(&t, 7, 8);
}

/* Models that others saved, as far as this repository has them beside it. */
static void
saved_models_are_exact(void **state)
{
    static const char *const path[] = {
        "leaves-agaricus-gbtree/model.model",
        "leaves-dermatology-multi/model.model",
        "komiya-gbtree-v47-binary-logistic/model.model",
        "komiya-gbtree-v47-multi-softprob/model.model",
        "komiya-spark-agaricus-one-based/model.model",
        "gbdt-rs-binary-logistic/model.model",
        "gbdt-rs-multi-softprob/model.model",
        "gbdt-rs-reg-linear/model.model",
        "tl2cgen-mushroom/model.model",
        "h2o-prostate-gbtree/model.bin",
        "kserve-iris-bst-1.1/model.bst",
        "kserve-iris-json/model.json",
        "kserve-iris-ubj/model.ubj",
        "sagemaker-churn-endpoint/model.model",
    };

    (void)state;
    if (access("../shared/data/triples", R_OK) != 0) {
        print_message("../shared/data is not there\n");
        skip();
    }
    for (size_t i = 0; i < sizeof(path) / sizeof(*path); i++) {
        struct subject s = {.name = path[i]};
        char file[256];
        char *bytes;
        size_t len;
        struct err e;

        snprintf(file, sizeof(file), "../shared/data/triples/%s", path[i]);
        must(model_read_file(file, &bytes, &len, &e), &e);
        must(model_load(&s.model, (struct str){bytes, len}, false, &e), &e);
        s.end = model_info(s.model)->rounds;
        compare_all(&s);
        model_destroy(&s.model);
        free(bytes);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objectives_are_exact),
        cmocka_unit_test(shapes_are_exact),
        cmocka_unit_test(ranges_of_rounds_are_exact),
        cmocka_unit_test(saved_models_are_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
