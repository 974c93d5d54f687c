/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Damaged copies of a model in each format: refused, or scored with the bits
 * of libxgboost; never a crash, a hang or a heap of memory in this process.
 * MODEL_MUTANTS=n tries n of each format instead of a few.
 */
#include "common/base/number.h"
#include "common/model/archive.h"
#include "common/model/model.h"
#include "common/model/scorer.h"
#include "common/model/scorer_xgb.h"

#include "tests/common/tiny_model.h"
#include "tests/support/train.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

#define DATA "../shared/data/"
#define ARCHIVE                                                                \
    "triples/sagemaker-churn-endpoint/orig/xgb-churn-prediction-model.tar.gz"
#define NROW 10
#define FEW  100

/* KiB of memory this process may reach; ASan keeps 256 MiB that are free */
#ifdef __SANITIZE_ADDRESS__
#define SELF_LIMIT (512l << 10)
#else
#define SELF_LIMIT (256l << 10)
#endif

static uint32_t
next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Change a byte or a bit, cut, drop, double or overwrite a run. */
static struct str
mutate(struct str from, char *to, uint32_t *seed)
{
    size_t n = 1 + next_random(seed) % 3;
    struct str out = {to, from.len};

    memcpy(to, from.p, from.len);
    for (; n > 0; n--) {
        size_t at = next_random(seed) % out.len;
        size_t run = next_random(seed) % 16 + 1;

        run = run > out.len - at ? out.len - at : run;
        switch (next_random(seed) % 8) {
        case 0:
            out.len = at + 1;
            break;
        case 1:
            memmove(to + at, to + at + run, out.len - at - run);
            out.len -= run < out.len ? run : 0;
            break;
        case 2:
            memset(to + at, (int)next_random(seed), run);
            break;
        case 3:
            memcpy(to + at, from.p + next_random(seed) % (from.len - 16), run);
            break;
        case 4:
            to[at] = (char)(to[at] + 1);
            break;
        case 5:
            to[at] = (char)next_random(seed);
            break;
        default:
            to[at] = (char)(to[at] ^ 1 << next_random(seed) % 8);
        }
    }
    return out;
}

static void
fill_rows(float *x, size_t n, uint32_t seed)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t r = next_random(&seed);

        x[i] = r % 8 == 0 ? NAN : ldexpf((float)r, (int)(r % 48) - 40);
    }
}

/* The scorer chosen and libxgboost give the same bits. */
static void
compare(const struct model *m)
{
    size_t nfeature = model_info(m)->nfeature;
    uint32_t rounds = model_info(m)->rounds;
    struct scorer *chosen;
    struct scorer *xgb;
    struct err e = {""};
    float *x = calloc(NROW * nfeature + 1, sizeof(*x));
    float *y[2];

    assert_int_equal(scorer_create(&chosen, m, 0, rounds, SCORER_VALUE, &e),
                     RC_OK);
    assert_int_equal(scorer_xgb_create(&xgb, m, 0, rounds, SCORER_VALUE, &e),
                     RC_OK);
    assert_int_equal(chosen->noutput, xgb->noutput);
    y[0] = calloc(NROW * xgb->noutput, sizeof(float));
    y[1] = calloc(NROW * xgb->noutput, sizeof(float));
    fill_rows(x, NROW * nfeature, 7);
    assert_int_equal(scorer_score(chosen, x, NROW, y[0]), RC_OK);
    assert_int_equal(scorer_score(xgb, x, NROW, y[1]), RC_OK);
    assert_memory_equal(y[0], y[1], NROW * xgb->noutput * sizeof(float));
    scorer_destroy(&chosen);
    scorer_destroy(&xgb);
    free(x);
    free(y[0]);
    free(y[1]);
}

static void
try_mutants(const char *what, struct str model)
{
    char *room = malloc(model.len + 16);
    uint32_t seed = 20261122;
    uint64_t n = FEW;
    size_t nloaded = 0;
    struct rusage usage;

    if (getenv("MODEL_MUTANTS") != NULL) {
        assert_true(number_parse_u64(str_of(getenv("MODEL_MUTANTS")), &n));
    }
    for (uint64_t i = 0; i < n; i++) {
        uint32_t was = seed;
        struct str bytes = mutate(model, room, &seed);
        struct model *m = NULL;
        struct err e = {""};
        enum rc rc = model_load(&m, bytes, true, &e);

        if (rc == RC_OK) {
            nloaded++;
            compare(m);
            model_destroy(&m);
        } else if (rc != RC_REFUSED || e.text[0] == '\0') {
            fail_msg("%s, seed %u: rc %d %s", what, was, rc, e.text);
        }
    }
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    assert_in_range(usage.ru_maxrss, 0, SELF_LIMIT);
    print_message("%s: %zu of %" PRIu64 " mutants are models\n", what, nloaded,
                  n);
    free(room);
}

/* free() the bytes. */
static struct str
read_data(const char *name)
{
    char path[256];
    char *bytes;
    size_t len;
    struct err e;

    snprintf(path, sizeof(path), DATA "%s", name);
    if (model_read_file(path, &bytes, &len, &e) != RC_OK) {
        print_message("no ../shared/data: ");
        skip();
    }
    return (struct str){bytes, len};
}

static void
try_file(const char *name)
{
    struct str model = read_data(name);

    try_mutants(name, model);
    free((char *)model.p);
}

/* A booster that no file beside the repository has, as UBJSON. */
static void
try_trained(const char *what, const struct train *t)
{
    size_t len;
    char *bytes = train_model(t, &len);

    try_mutants(what, (struct str){bytes, len});
    free(bytes);
}

static void
test_json(void **state)
{
    (void)state;
    try_mutants("json", STR(TINY));
    try_mutants("json, 3.1", STR(TINY_SCORED("[5E-1]", "[3,1,0]")));
    try_file("triples/tl2cgen-toy-categorical-json/model.json");
    try_file("model_pairs/xgboost-1.0.0rc1.reg.json");
}

static void
test_ubjson(void **state)
{
    static const struct train dart = {.objective = "binary:logistic",
                                      .booster = "dart",
                                      .extra = "rate_drop=0.5",
                                      .rounds = 5,
                                      .depth = 3,
                                      .nfeature = 4,
                                      .nrow = 500};
    static const struct train classes = {.objective = "multi:softmax",
                                         .rounds = 3,
                                         .depth = 3,
                                         .nfeature = 4,
                                         .nrow = 500,
                                         .nclass = 3};

    (void)state;
    try_trained("ubjson, dart", &dart);
    try_trained("ubjson, classes", &classes);
    try_file("triples/kserve-iris-ubj/model.ubj");
}

static void
test_binary(void **state)
{
    (void)state;
    try_file("triples/komiya-gbtree-v47-multi-softprob/model.model");
    try_file("triples/h2o-prostate-gblinear/model.bin");
}

static void
test_pickle(void **state)
{
    (void)state;
    try_file("bad_models/sagemaker-iris-1.0.pickle");
}

/* gzip has a checksum, which few mutants pass: the tar in it by itself, too. */
static void
test_archive(void **state)
{
    struct str packed = read_data(ARCHIVE);
    struct buf tar;
    struct err e;

    (void)state;
    try_mutants(ARCHIVE, packed);
    buf_init(&tar, 1 << 20);
    assert_int_equal(archive_gunzip(packed, &tar, &e), RC_OK);
    try_mutants("the tar in it", buf_view(&tar));
    buf_fini(&tar);
    free((char *)packed.p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),    cmocka_unit_test(test_ubjson),
        cmocka_unit_test(test_binary),  cmocka_unit_test(test_pickle),
        cmocka_unit_test(test_archive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
