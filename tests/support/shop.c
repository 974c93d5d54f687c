/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shop - a deterministic sample shop to try things on:
 *
 *   users.csv     user_id and named features, some cells empty
 *   late.csv      the same for users that users.csv does not have
 *   model.json    probability of a purchase, trained on the first users
 *   expected.csv  libxgboost's own prediction for every user of both files
 *
 * A user's id depends on the number alone, the features on the seed as well:
 * two shops of different seeds have the same users, with other values. Ids
 * are "u" and seven digits of base 36: 8 bytes that are never an integer.
 */
#include "common/base/check.h"
#include "common/base/option.h"
#include "common/base/rc.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xgboost/c_api.h>

#define FEATURES_MAX 256
#define ID_LEN       8
#define TRAIN_ROWS   20000
#define CHUNK_ROWS   50000
#define MISSING_RATE 0.07

#define SHOP_OPTION(X)                                                         \
    X(out, TEXT, NULL, "DIR", 0, 0, "directory of the files, made if missing") \
    X(users, UINT, "100000", "", 1, 100000000, "users of users.csv")           \
    X(late, UINT, "1000", "", 0, 10000000, "users of late.csv")                \
    X(features, UINT, "12", "", 2, FEATURES_MAX, "features of a user")         \
    X(trees, UINT, "100", "", 1, 10000, "boosting rounds of the model")        \
    X(depth, UINT, "6", "", 1, 16, "depth of a tree")                          \
    X(seed, UINT, "1", "", 0, 0, "of the features and with them the model")    \
    X(help, FLAG, NULL, "", 0, 0, "this text")

struct shop_options {
    SHOP_OPTION(OPTION_FIELD)
};
#define OPTION_OWNER struct shop_options
static const struct option_def shop_def[] = {SHOP_OPTION(OPTION_DEF)};

/* A feature's values are lo + (hi - lo) * z^skew, z uniform in [0, 1). */
struct feature {
    const char *name;
    int decimals;
    double lo, hi, skew;
    double weight; /* of z in the chance to buy */
};

static const struct feature named[] = {
    {"age", 0, 18, 90, 1.4, -0.6},
    {"visits_7d", 0, 0, 40, 4, 2.5},
    {"visits_30d", 0, 0, 150, 3, 1.5},
    {"purchases_90d", 0, 0, 25, 5, 3},
    {"spend_90d", 2, 0, 2500, 4, 1.2},
    {"basket_mean", 2, 3, 400, 2.5, 0.4},
    {"days_since_visit", 0, 0, 365, 1.5, -2.2},
    {"days_since_purchase", 0, 0, 730, 1.2, -1.6},
    {"cart_items", 0, 0, 12, 4, 2.8},
    {"email_opens_30d", 0, 0, 30, 2, 0.5},
    {"discount_share", 4, 0, 1, 1, 0.7},
    {"returns_365d", 0, 0, 15, 5, -0.8},
};

struct shop {
    struct shop_options opt;
    struct feature feature[FEATURES_MAX];
    char name[FEATURES_MAX][32]; /* of those that are not in `named` */
    const char *names[FEATURES_MAX];
    BoosterHandle booster;
    FILE *expected;
};

/* One user: what users.csv says, and whether they bought. */
struct user {
    char id[ID_LEN + 1];
    char cell[FEATURES_MAX][24]; /* "" is missing */
    float x[FEATURES_MAX];
    float bought;
};

_Noreturn static void
die(const char *what, const char *why)
{
    fprintf(stderr, "shop: %s: %s\n", what, why);
    exit(1);
}

static void
xgb(int rc, const char *what)
{
    if (rc != 0) {
        die(what, XGBGetLastError());
    }
}

/* splitmix64: state in, the next random number out. */
static uint64_t
next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static double
next_unit(uint64_t *state)
{
    return (double)(next_random(state) >> 11) * 0x1p-53;
}

/* Bijective below 36^7, so ids are unique; the factor scatters them. */
static void
name_user(uint64_t n, char id[ID_LEN + 1])
{
    const uint64_t space = 78364164096;
    uint64_t v = (uint64_t)((unsigned __int128)n * 45678901237 % space);

    id[0] = 'u';
    for (int i = ID_LEN - 1; i > 0; i--) {
        id[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[v % 36];
        v /= 36;
    }
    id[ID_LEN] = '\0';
}

static void
plan_features(struct shop *s)
{
    const size_t nnamed = sizeof(named) / sizeof(named[0]);
    uint64_t random = 7;

    for (size_t i = 0; i < s->opt.features; i++) {
        struct feature *f = &s->feature[i];

        if (i < nnamed) {
            *f = named[i];
        } else {
            snprintf(s->name[i], sizeof(s->name[i]), "signal_%zu", i + 1);
            *f = (struct feature){s->name[i], 5, -1, 1, 1, 0};
            f->weight = next_unit(&random) * 2 - 1;
        }
        s->names[i] = f->name;
    }
}

/* The float is read back from the text: what a reader of the file gets. */
static double
make_cell(const struct feature *f, uint64_t *random, char cell[24], float *x)
{
    double z = next_unit(random);
    double v = f->lo + (f->hi - f->lo) * pow(z, f->skew);

    if (next_unit(random) < MISSING_RATE) {
        cell[0] = '\0';
        *x = NAN;
        return 0;
    }
    snprintf(cell, 24, "%.*f", f->decimals, v);
    *x = strtof(cell, NULL);
    return f->weight * (z - 0.5);
}

static void
make_user(const struct shop *s, uint64_t n, struct user *u)
{
    uint64_t random = s->opt.seed * 0x2545f4914f6cdd1d + n * 0x9e6c63d0676a9a99;
    double chance = -1;

    name_user(n, u->id);
    for (size_t i = 0; i < s->opt.features; i++) {
        chance += make_cell(&s->feature[i], &random, u->cell[i], &u->x[i]);
    }
    if (u->x[0] < 30 && u->x[1] > 2) {
        chance += 1.5;
    }
    u->bought = next_unit(&random) < 1 / (1 + exp(-2 * chance));
}

static DMatrixHandle
matrix_of(const struct shop *s, const float *x, size_t rows)
{
    DMatrixHandle d;

    xgb(XGDMatrixCreateFromMat(x, rows, s->opt.features, NAN, &d), "matrix");
    return d;
}

static void
set_param(const struct shop *s, const char *name, uint64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    xgb(XGBoosterSetParam(s->booster, name, text), name);
}

/* One thread, so that the sums, and with them the model, never differ. */
static void
begin_model(struct shop *s, DMatrixHandle d)
{
    xgb(XGBoosterCreate(&d, 1, &s->booster), "booster");
    xgb(XGBoosterSetParam(s->booster, "objective", "binary:logistic"),
        "objective");
    xgb(XGBoosterSetParam(s->booster, "tree_method", "hist"), "tree_method");
    xgb(XGBoosterSetParam(s->booster, "eta", "0.1"), "eta");
    set_param(s, "max_depth", s->opt.depth);
    set_param(s, "seed", s->opt.seed);
    set_param(s, "nthread", 1);
    xgb(XGBoosterSetStrFeatureInfo(s->booster, "feature_name", s->names,
                                   s->opt.features),
        "feature names");
}

static void
train(struct shop *s)
{
    const size_t rows = s->opt.users < TRAIN_ROWS ? s->opt.users : TRAIN_ROWS;
    float *x = calloc(rows, s->opt.features * sizeof(*x));
    float *label = calloc(rows, sizeof(*label));
    struct user u;
    DMatrixHandle d;

    CHECK(x != NULL && label != NULL);
    for (size_t i = 0; i < rows; i++) {
        make_user(s, i, &u);
        memcpy(x + i * s->opt.features, u.x, s->opt.features * sizeof(*x));
        label[i] = u.bought;
    }
    d = matrix_of(s, x, rows);
    xgb(XGDMatrixSetFloatInfo(d, "label", label, rows), "label");
    begin_model(s, d);
    for (int round = 0; round < (int)s->opt.trees; round++) {
        xgb(XGBoosterUpdateOneIter(s->booster, round, d), "training");
    }
    XGDMatrixFree(d);
    free(label);
    free(x);
}

static void
file_name(const struct shop *s, const char *name, char path[4096])
{
    int n = snprintf(path, 4096, "%s/%s", s->opt.out, name);

    if (n >= 4096) {
        die(s->opt.out, "the name is too long");
    }
}

static FILE *
open_file(const struct shop *s, const char *name)
{
    char path[4096];
    FILE *f;

    file_name(s, name, path);
    f = fopen(path, "w");
    if (f == NULL) {
        die(path, strerror(errno));
    }
    return f;
}

static void
close_file(FILE *f, const char *name)
{
    if (ferror(f) != 0 || fclose(f) != 0) {
        die(name, strerror(errno));
    }
}

static void
write_user(const struct shop *s, const struct user *u, FILE *f)
{
    fputs(u->id, f);
    for (size_t i = 0; i < s->opt.features; i++) {
        fputc(',', f);
        fputs(u->cell[i], f);
    }
    fputc('\n', f);
}

static void
write_expected(struct shop *s, uint64_t first, const float *x, size_t rows)
{
    DMatrixHandle d = matrix_of(s, x, rows);
    char id[ID_LEN + 1];
    const float *y;
    bst_ulong n;

    xgb(XGBoosterPredict(s->booster, d, 0, 0, 0, &n, &y), "prediction");
    CHECK(n == rows);
    for (size_t i = 0; i < rows; i++) {
        name_user(first + i, id);
        fprintf(s->expected, "%s,%.9g\n", id, (double)y[i]);
    }
    XGDMatrixFree(d);
}

/* Users first to first + count into the file, their scores into expected. */
static void
write_users(struct shop *s, const char *name, uint64_t first, uint64_t count)
{
    float *x = calloc(CHUNK_ROWS, s->opt.features * sizeof(*x));
    FILE *f = open_file(s, name);
    struct user u;

    CHECK(x != NULL);
    fputs("user_id", f);
    for (size_t i = 0; i < s->opt.features; i++) {
        fprintf(f, ",%s", s->names[i]);
    }
    fputc('\n', f);
    for (uint64_t at = 0; at < count;) {
        size_t rows = count - at < CHUNK_ROWS ? count - at : CHUNK_ROWS;

        for (size_t i = 0; i < rows; i++) {
            make_user(s, first + at + i, &u);
            write_user(s, &u, f);
            memcpy(x + i * s->opt.features, u.x, s->opt.features * sizeof(*x));
        }
        write_expected(s, first + at, x, rows);
        at += rows;
    }
    close_file(f, name);
    free(x);
}

static void
make_shop(struct shop *s)
{
    char path[4096];

    if (mkdir(s->opt.out, 0777) != 0 && errno != EEXIST) {
        die(s->opt.out, strerror(errno));
    }
    plan_features(s);
    train(s);
    file_name(s, "model.json", path);
    xgb(XGBoosterSaveModel(s->booster, path), path);
    s->expected = open_file(s, "expected.csv");
    fputs("user_id,prediction\n", s->expected);
    write_users(s, "users.csv", 0, s->opt.users);
    write_users(s, "late.csv", s->opt.users, s->opt.late);
    close_file(s->expected, "expected.csv");
    XGBoosterFree(s->booster);
}

int
main(int argc, char **argv)
{
    struct shop *s = calloc(1, sizeof(*s));
    struct option_set set = {shop_def, sizeof(shop_def) / sizeof(shop_def[0]),
                             NULL, 0};
    char **rest = calloc((size_t)argc + 1, sizeof(*rest));
    int nrest = 0;
    struct err e;

    CHECK(s != NULL && rest != NULL);
    set.into = &s->opt;
    if (option_defaults(&set, &e) != RC_OK ||
        option_parse_argv(&set, argc - 1, argv + 1, rest, &nrest, &e) !=
            RC_OK) {
        die("usage", e.text);
    }
    if (s->opt.help) {
        option_help(&set, stdout);
    } else if (s->opt.out == NULL || nrest > 0) {
        die("usage", "shop --out DIR [--users N]; see --help");
    } else {
        make_shop(s);
    }
    option_free(&set);
    free(rest);
    free(s);
    return 0;
}
