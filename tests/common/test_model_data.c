/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real files of ../shared/data: what is no model is named, what is packed is
 * read, and the same booster in two formats scores the same.
 */
#include "common/model/model.h"
#include "common/model/scorer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define DATA  "../shared/data/"
#define NROW  500
#define CHURN "triples/sagemaker-churn-endpoint/"

static enum rc
load(const char *name, struct model **m, struct err *e)
{
    char path[512];
    char *bytes;
    size_t len;
    enum rc rc;

    snprintf(path, sizeof(path), DATA "%s", name);
    rc = model_read_file(path, &bytes, &len, e);
    if (rc == RC_OK) {
        rc = model_load(m, (struct str){bytes, len}, true, e);
        free(bytes);
    }
    return rc;
}

static struct model *
load_well(const char *name)
{
    struct model *m;
    struct err e = {""};

    if (load(name, &m, &e) != RC_OK) {
        fail_msg("%s: %s", name, e.text);
    }
    return m;
}

static bool
have_data(void)
{
    bool have = access(DATA "bad_models", R_OK) == 0;

    if (!have) {
        print_message("no ../shared/data: ");
    }
    return have;
}

static void
test_bad_models(void **state)
{
    static const struct {
        const char *name;
        const char *text;
    } bad[] = {
        {"lightgbm-gamma.model", "LightGBM"},
        {"vespa-dump-array.json", "dump_model"},
        {"xgboost-0.x-dmatrix-buffer.bin", "DMatrix buffer"},
        {"agaricus.libsvm.model", "libsvm data"},
        {"empty.model", "empty"},
    };

    (void)state;
    if (!have_data()) {
        skip();
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char name[256];
        struct model *m;
        struct err e = {""};

        snprintf(name, sizeof(name), "bad_models/%s", bad[i].name);
        assert_int_equal(load(name, &m, &e), RC_REFUSED);
        assert_non_null(strstr(e.text, bad[i].text));
    }
}

/* Values around those real features have, some missing. */
static float *
make_rows(size_t nfeature)
{
    float *x = calloc(NROW * nfeature, sizeof(*x));
    uint32_t r = 1;

    for (size_t i = 0; i < NROW * nfeature; i++) {
        r = r * 1664525 + 1013904223;
        x[i] = r >> 28 == 0 ? NAN : (float)(r >> 8) / (float)(1u << (r & 31));
    }
    return x;
}

static float *
score(const struct model *m, const float *x, size_t *n)
{
    struct scorer *s;
    struct err e = {""};
    float *y;

    if (scorer_create(&s, m, 0, model_info(m)->rounds, SCORER_VALUE, &e) !=
        RC_OK) {
        fail_msg("%s", e.text);
    }
    *n = NROW * s->noutput;
    y = calloc(*n, sizeof(*y));
    assert_int_equal(scorer_score(s, x, NROW, y), RC_OK);
    scorer_destroy(&s);
    return y;
}

static void
same_scores(const char *name_a, const char *name_b)
{
    struct model *a = load_well(name_a);
    struct model *b = load_well(name_b);
    float *x = make_rows(model_info(a)->nfeature);
    size_t na;
    size_t nb;
    float *ya;
    float *yb;

    assert_int_equal(model_info(a)->nfeature, model_info(b)->nfeature);
    ya = score(a, x, &na);
    yb = score(b, x, &nb);
    assert_int_equal(na, nb);
    assert_memory_equal(ya, yb, na * sizeof(*ya));
    free(x);
    free(ya);
    free(yb);
    model_destroy(&a);
    model_destroy(&b);
}

static void
test_pairs(void **state)
{
    static const char *const kind[] = {"cls", "logitraw", "ltr", "reg"};
    static const char *const by[] = {"xgboost", "xgboost_scikit"};
    char a[128];
    char b[128];

    (void)state;
    if (!have_data()) {
        skip();
    }
    for (size_t i = 0; i < 8; i++) {
        snprintf(a, sizeof(a), "model_pairs/%s-1.0.0rc1.%s.bin", by[i / 4],
                 kind[i % 4]);
        snprintf(b, sizeof(b), "model_pairs/%s-1.0.0rc1.%s.json", by[i / 4],
                 kind[i % 4]);
        same_scores(a, b);
    }
    same_scores("triples/kserve-iris-json/model.json",
                "triples/kserve-iris-ubj/model.ubj");
    same_scores("shop/intent/model.json", "shop/intent/model.ubj");
}

/* Out of a pickle, and out of the pickle in a model.tar.gz. */
static void
test_sagemaker(void **state)
{
    struct model *m;

    (void)state;
    if (!have_data()) {
        skip();
    }
    same_scores("bad_models/sagemaker-churn-0.90.pickle", CHURN "model.model");
    same_scores(CHURN "orig/xgb-churn-prediction-model.tar.gz",
                CHURN "model.model");
    same_scores("bad_models/sagemaker-iris-1.0.pickle",
                "sagemaker-contract/models/iris_softprob");
    m = load_well("bad_models/sagemaker-churn-0.90.pickle");
    assert_int_equal(model_info(m)->best_ntree_limit, 100);
    assert_int_equal(model_info(m)->best_iteration, 99);
    assert_string_equal(model_info(m)->format, "binary");
    model_destroy(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_models),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_sagemaker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
