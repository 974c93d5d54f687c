/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contributions, against what libxgboost gives when asked without us, and
 * against the margin, which is their sum.
 */
#include "common/model/scorer_xgb.h"
#include "tests/support/train.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FEATURES 6
#define ROUNDS   12
#define CELLS    64 /* room for the contributions of three outputs */

static const struct train trains[] = {
    {"binary:logistic", NULL, NULL, ROUNDS, 4, FEATURES, 500, 0},
    {"reg:squarederror", "dart", "rate_drop=0.3", ROUNDS, 3, FEATURES, 500, 0},
    {"multi:softprob", NULL, NULL, ROUNDS, 3, FEATURES, 500, 3},
    {"reg:squarederror", "gblinear", NULL, ROUNDS, 3, FEATURES, 500, 0},
};

#define NTRAIN (sizeof(trains) / sizeof(trains[0]))

static const float rows[][FEATURES] = {
    {0.5f, -0.25f, 0.1f, -0.9f, 0.3f, 0},
    {-1, NAN, 0.7f, NAN, 0.01f, 1},
    {NAN, NAN, NAN, NAN, NAN, NAN},
};

#define NROW (sizeof(rows) / sizeof(rows[0]))

static struct model *
load(const struct train *t)
{
    struct model *m;
    size_t len;
    char *bytes = train_model(t, &len);

    assert_int_equal(model_load(&m, (struct str){bytes, len}, false, NULL),
                     RC_OK);
    free(bytes);
    return m;
}

/* What libxgboost says for the first `end` rounds; how many floats. */
static size_t
ask_libxgboost(const struct model *m, uint32_t end, const float *row,
               float out[CELLS])
{
    DMatrixHandle matrix;
    const bst_ulong *shape;
    bst_ulong ndim;
    const float *y;
    size_t n = 1;
    char config[160];

    snprintf(config, sizeof(config),
             "{\"type\": 2, \"training\": false, \"iteration_begin\": 0,"
             " \"iteration_end\": %u, \"strict_shape\": true}",
             end);
    CHECK(XGDMatrixCreateFromMat(row, 1, FEATURES, NAN, &matrix) == 0);
    CHECK(XGBoosterPredictFromDMatrix(model_handle(m), matrix, config, &shape,
                                      &ndim, &y) == 0);
    for (bst_ulong i = 0; i < ndim; i++) {
        n *= shape[i];
    }
    CHECK(n <= CELLS);
    memcpy(out, y, n * sizeof(*out));
    CHECK(XGDMatrixFree(matrix) == 0);
    return n;
}

static void
check_row(const struct model *m, const struct scorer *margin, uint32_t end,
          const float *row)
{
    float want[CELLS], sums[CELLS];
    size_t noutput, n = ask_libxgboost(m, end, row, want);
    float *got;

    assert_int_equal(
        scorer_xgb_contributions(m, 0, end, row, &got, &noutput, NULL), RC_OK);
    assert_int_equal(noutput, margin->noutput);
    assert_int_equal(noutput * (FEATURES + 1), n);
    assert_memory_equal(got, want, n * sizeof(*got));
    assert_int_equal(scorer_score(margin, row, 1, sums), RC_OK);
    for (size_t o = 0; o < noutput; o++) {
        double sum = 0;

        for (size_t i = 0; i <= FEATURES; i++) {
            sum += got[o * (FEATURES + 1) + i];
        }
        assert_float_equal(sum, sums[o], 1e-5);
    }
    free(got);
}

static void
check_rounds(const struct model *m, uint32_t end)
{
    struct scorer *margin;

    assert_int_equal(scorer_xgb_create(&margin, m, 0, end, SCORER_MARGIN, NULL),
                     RC_OK);
    for (size_t r = 0; r < NROW; r++) {
        check_row(m, margin, end, rows[r]);
    }
    scorer_destroy(&margin);
}

static void
test_contributions(void **state)
{
    (void)state;
    for (size_t i = 0; i < NTRAIN; i++) {
        struct model *m = load(&trains[i]);
        bool linear = model_info(m)->rounds == 0;

        check_rounds(m, linear ? 0 : ROUNDS);
        if (!linear) {
            check_rounds(m, ROUNDS / 2);
        }
        model_destroy(&m);
    }
}

/* libxgboost explains the first rounds only, and says so. */
static void
test_rounds_in_the_middle(void **state)
{
    struct model *m = load(&trains[0]);
    float *got = NULL;
    size_t noutput;
    struct err e = {""};

    (void)state;
    assert_int_equal(
        scorer_xgb_contributions(m, 2, ROUNDS, rows[0], &got, &noutput, &e),
        RC_REFUSED);
    assert_null(got);
    assert_non_null(strstr(e.text, "libxgboost says: "));
    model_destroy(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contributions),
        cmocka_unit_test(test_rounds_in_the_middle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
