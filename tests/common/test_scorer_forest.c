/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every evaluator against libxgboost, bit for bit, on 10,000 rows at and
 * around the thresholds.
 */
#include "common/model/forest_rank.h"
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

/* A model under test, rows to compare on and what libxgboost says of them. */
struct subject {
    struct model *model;
    struct scorer *xgb;
    enum scorer_predict predict;
    uint32_t begin;
    uint32_t end;
    uint32_t depth;
    float *x;
    float *expected;
    float *y;
};

static void
must(enum rc rc, const struct err *e)
{
    if (rc != RC_OK) {
        fail_msg("%s", e->text);
    }
}

static float *
floats(size_t n)
{
    float *p = malloc(n * sizeof(*p));

    assert_non_null(p);
    return p;
}

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
    s->x = floats(ROWS * f->nfeature);
    s->depth = forest_depth(f);
    forest_sample(f, 42, ROWS, s->x);
    forest_destroy(&f);
    free(booster);
}

/* The first n rows, `batch` at a time. */
static void
same_bits(const struct subject *s, const struct scorer *forest, size_t n,
          size_t batch)
{
    for (size_t r = 0; r < n; r += batch) {
        size_t rows = n - r < batch ? n - r : batch;

        assert_int_equal(scorer_score(forest, s->x + r * forest->nfeature, rows,
                                      s->y + r * forest->noutput),
                         RC_OK);
    }
    assert_memory_equal(s->y, s->expected, n * forest->noutput * sizeof(*s->y));
}

/* Whether the evaluator has to take the model on this CPU. */
static bool
serves(const struct subject *s, enum forest_bulk bulk)
{
    bool shallow = s->predict != SCORER_LEAF && s->depth <= 8;

    switch (bulk) {
    case FOREST_BULK_AVX2:
        return shallow && forest_isa_usable(FOREST_AVX2);
    case FOREST_BULK_AVX512:
        return shallow && forest_isa_usable(FOREST_AVX512);
    default:
        return true;
    }
}

static void
compare(const struct subject *s, enum forest_bulk bulk)
{
    struct scorer *forest;
    struct err e;
    enum rc rc = scorer_forest_create(&forest, s->model, s->xgb, s->begin,
                                      s->end, s->predict, bulk, &e);

    if (!serves(s, bulk)) {
        assert_int_equal(rc, RC_REFUSED);
        return;
    }
    must(rc, &e);
    assert_string_equal(scorer_name(forest), "forest");
    same_bits(s, forest, 200, 1);
    same_bits(s, forest, 500, 7);
    same_bits(s, forest, 2000, 65);
    same_bits(s, forest, ROWS, 300);
    same_bits(s, forest, ROWS, ROWS);
    scorer_destroy(&forest);
}

static void
compare_all(struct subject *s)
{
    struct err e;

    make_rows(s);
    for (size_t p = 0; p < sizeof(predicts) / sizeof(*predicts); p++) {
        s->predict = predicts[p];
        must(scorer_xgb_create(&s->xgb, s->model, s->begin, s->end, s->predict,
                               &e),
             &e);
        s->expected = floats(ROWS * s->xgb->noutput);
        s->y = floats(ROWS * s->xgb->noutput);
        assert_int_equal(scorer_score(s->xgb, s->x, ROWS, s->expected), RC_OK);
        compare(s, FOREST_BULK_FASTEST);
        compare(s, FOREST_BULK_WALK);
        compare(s, FOREST_BULK_AVX2);
        compare(s, FOREST_BULK_AVX512);
        scorer_destroy(&s->xgb);
        free(s->expected);
        free(s->y);
    }
    free(s->x);
}

static void
compare_trained(const struct train *t, uint32_t begin, uint32_t end)
{
    struct subject s = {.begin = begin, .end = end};
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
        struct subject s = {0};
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

/* A forest that would give other bits is refused, and says where. */
static void
a_difference_is_found(void **state)
{
    static const struct train t = {
        "reg:squarederror", NULL, NULL, 5, 4, 5, 2000, 0, 0};
    struct scorer *fewer;
    struct scorer *forest;
    struct model *m;
    struct err e;
    size_t len;
    char *bytes = train_model(&t, &len);

    (void)state;
    must(model_load(&m, (struct str){bytes, len}, false, &e), &e);
    must(scorer_xgb_create(&fewer, m, 0, 4, SCORER_VALUE, &e), &e);
    assert_int_equal(scorer_forest_create(&forest, m, fewer, 0, 5, SCORER_VALUE,
                                          FOREST_BULK_FASTEST, &e),
                     RC_REFUSED);
    assert_non_null(strstr(e.text, "self-check"));
    scorer_destroy(&fewer);
    model_destroy(&m);
    free(bytes);
}

/* What the forest cannot hold, libxgboost scores. */
static void
others_are_left_to_libxgboost(void **state)
{
    static const struct train t = {
        "reg:squarederror", "gblinear", "tree_method=auto", 5, 0, 5, 200, 0, 0};
    struct scorer *s;
    struct model *m;
    struct err e;
    size_t len;
    char *bytes = train_model(&t, &len);

    (void)state;
    must(model_load(&m, (struct str){bytes, len}, false, &e), &e);
    must(scorer_create(&s, m, 0, 0, SCORER_VALUE, &e), &e);
    assert_string_equal(scorer_name(s), "xgb");
    scorer_destroy(&s);
    model_destroy(&m);
    free(bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objectives_are_exact),
        cmocka_unit_test(shapes_are_exact),
        cmocka_unit_test(ranges_of_rounds_are_exact),
        cmocka_unit_test(saved_models_are_exact),
        cmocka_unit_test(a_difference_is_found),
        cmocka_unit_test(others_are_left_to_libxgboost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
