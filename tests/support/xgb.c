/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xgb - libxgboost as it comes, to compare with: its own readers of files,
 * its own matrix, no code of ours.
 *
 *   xgb train DATA MODEL    a small model; labels are made up
 *   xgb predict DATA MODEL  a line a row, values with blanks between
 *
 * DATA is a path with ?format=csv or ?format=libsvm behind it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xgboost/c_api.h>

static void
must(int failed, const char *what)
{
    if (failed != 0) {
        fprintf(stderr, "xgb: %s: %s\n", what, XGBGetLastError());
        exit(1);
    }
}

static DMatrixHandle
read_matrix(const char *path, uint64_t *nrow)
{
    DMatrixHandle m;
    bst_ulong n;

    must(XGDMatrixCreateFromFile(path, 1, &m), path);
    must(XGDMatrixNumRow(m, &n), path);
    *nrow = n;
    return m;
}

static BoosterHandle
load(const char *path)
{
    BoosterHandle b;

    must(XGBoosterCreate(NULL, 0, &b), "create");
    must(XGBoosterLoadModel(b, path), path);
    return b;
}

static void
train(const char *data, const char *model)
{
    static const char *const param[][2] = {{"objective", "binary:logistic"},
                                           {"max_depth", "5"},
                                           {"min_child_weight", "0"},
                                           {"nthread", "1"},
                                           {"verbosity", "0"}};
    uint64_t nrow;
    DMatrixHandle m = read_matrix(data, &nrow);
    float *label = calloc(nrow, sizeof(*label));
    BoosterHandle b;

    for (uint64_t i = 0; label != NULL && i < nrow; i++) {
        label[i] = (float)(i * 2654435761 >> 8 & 1);
    }
    must(XGDMatrixSetFloatInfo(m, "label", label, nrow), "label");
    must(XGBoosterCreate(&m, 1, &b), "create");
    for (size_t i = 0; i < sizeof(param) / sizeof(param[0]); i++) {
        must(XGBoosterSetParam(b, param[i][0], param[i][1]), param[i][0]);
    }
    for (int i = 0; i < 20; i++) {
        must(XGBoosterUpdateOneIter(b, i, m), "train");
    }
    must(XGBoosterSaveModel(b, model), model);
    free(label);
    XGBoosterFree(b);
    XGDMatrixFree(m);
}

static void
predict(const char *data, const char *model)
{
    static const char how[] =
        "{\"type\":0,\"training\":false,\"iteration_begin\":0,"
        "\"iteration_end\":0,\"strict_shape\":true}";
    uint64_t nrow;
    DMatrixHandle m = read_matrix(data, &nrow);
    BoosterHandle b = load(model);
    const bst_ulong *shape;
    bst_ulong dim;
    const float *y;

    must(XGBoosterPredictFromDMatrix(b, m, how, &shape, &dim, &y), "predict");
    for (bst_ulong i = 0; i < shape[0]; i++) {
        for (bst_ulong j = 0; j < shape[1]; j++) {
            printf("%s%.9g", j > 0 ? " " : "", (double)y[i * shape[1] + j]);
        }
        putchar('\n');
    }
    XGBoosterFree(b);
    XGDMatrixFree(m);
}

int
main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "train") == 0) {
        train(argv[2], argv[3]);
        return 0;
    }
    if (argc == 4 && strcmp(argv[1], "predict") == 0) {
        predict(argv[2], argv[3]);
        return 0;
    }
    fprintf(stderr, "usage: xgb train|predict DATA?format=FORMAT MODEL\n");
    return 2;
}
