/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real models against the answers others computed with them: every entry of
 * ../shared/data/triples.json.
 */
#include "common/model/scorer.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DATA "../shared/data/"

struct matrix {
    float *x;
    size_t nrow;
    size_t ncol;
};

static char *
read_text(const char *name)
{
    char path[512];
    char *text;
    size_t len;
    struct err e;

    snprintf(path, sizeof(path), DATA "%s", name);
    if (model_read_file(path, &text, &len, &e) != RC_OK) {
        return NULL;
    }
    text[len] = '\0';
    return text;
}

static size_t
count_lines(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        n += *text == '\n';
    }
    return n + 1;
}

static void
read_csv_row(char *line, float *row, size_t ncol)
{
    for (size_t i = 0; i < ncol; i++) {
        char *cell = strsep(&line, ",");

        assert_non_null(cell);
        row[i] = cell[0] == '\0' ? NAN : strtof(cell, NULL);
    }
}

static void
read_libsvm_row(char *line, float *row, size_t ncol, int base)
{
    char *token = strsep(&line, " ");

    for (size_t i = 0; i < ncol; i++) {
        row[i] = NAN;
    }
    while ((token = strsep(&line, " ")) != NULL && token[0] != '#') {
        size_t index;
        float value;

        if (sscanf(token, "%zu:%f", &index, &value) == 2) {
            assert_in_range(index - (size_t)base, 0, ncol - 1);
            row[index - (size_t)base] = value;
        }
    }
}

static struct matrix
read_input(const cJSON *entry)
{
    char *text =
        read_text(cJSON_GetStringValue(cJSON_GetObjectItem(entry, "input")));
    bool csv =
        strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(entry, "input_format")),
               "csv") == 0;
    int base = cJSON_GetObjectItem(entry, "index_base")->valueint;
    char *rest = text;
    char *line;
    struct matrix m = {0};

    assert_non_null(text);
    m.ncol = (size_t)cJSON_GetObjectItem(entry, "num_col")->valueint;
    m.x = calloc(count_lines(text) * m.ncol, sizeof(*m.x));
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (line[0] == '\0') {
            continue;
        }
        if (csv) {
            read_csv_row(line, m.x + m.nrow * m.ncol, m.ncol);
        } else {
            read_libsvm_row(line, m.x + m.nrow * m.ncol, m.ncol, base);
        }
        m.nrow++;
    }
    free(text);
    return m;
}

static struct model *
load(const char *name)
{
    char path[512];
    char *bytes;
    size_t len;
    struct model *m;
    struct err e;

    snprintf(path, sizeof(path), DATA "%s", name);
    assert_int_equal(model_read_file(path, &bytes, &len, &e), RC_OK);
    if (model_load(&m, (struct str){bytes, len}, true, &e) != RC_OK) {
        fail_msg("%s: %s", name, e.text);
    }
    free(bytes);
    return m;
}

static enum scorer_predict
predict_of(const cJSON *entry)
{
    const char *output =
        cJSON_GetStringValue(cJSON_GetObjectItem(entry, "output"));

    if (strcmp(output, "leaf") == 0) {
        return SCORER_LEAF;
    }
    return strcmp(output, "margin") == 0 ? SCORER_MARGIN : SCORER_VALUE;
}

static void
compare(const cJSON *entry, const float *y, size_t n)
{
    double atol = cJSON_GetObjectItem(entry, "atol")->valuedouble + 1e-5;
    double rtol = cJSON_GetObjectItem(entry, "rtol")->valuedouble;
    const char *name =
        cJSON_GetStringValue(cJSON_GetObjectItem(entry, "expected"));
    char *text = read_text(name);
    char *p = text;

    assert_non_null(text);
    for (size_t i = 0; i < n; i++) {
        char *end;
        double want = strtod(p, &end);

        if (end == p || fabs(y[i] - want) > atol + rtol * fabs(want)) {
            fail_msg("%s: number %zu is %g, expected %g", name, i, (double)y[i],
                     want);
        }
        p = end;
    }
    assert_int_equal(strspn(p, " \r\n"), strlen(p));
    free(text);
}

static void
run_triple(const cJSON *entry)
{
    struct model *m =
        load(cJSON_GetStringValue(cJSON_GetObjectItem(entry, "model")));
    struct matrix in = read_input(entry);
    int last = cJSON_GetObjectItem(entry, "iteration_end")->valueint;
    struct scorer *s;
    char spec[32];
    char text[32];
    uint32_t begin;
    uint32_t end;
    float *y;
    struct err e = {""};

    snprintf(spec, sizeof(spec), "0:%d", last);
    assert_int_equal(model_iterations(m, spec, &begin, &end, text, &e), RC_OK);
    if (scorer_create(&s, m, begin, end, predict_of(entry), &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
    assert_int_equal(s->nfeature, in.ncol);
    y = calloc(in.nrow * s->noutput, sizeof(*y));
    assert_int_equal(scorer_score(s, in.x, in.nrow, y), RC_OK);
    compare(entry, y, in.nrow * s->noutput);
    if (predict_of(entry) == SCORER_VALUE) {
        assert_int_equal(s->noutput, model_info(m)->noutput);
    }
    assert_true(scorer_row_ns(s) > 0);
    scorer_destroy(&s);
    assert_null(s);
    model_destroy(&m);
    free(in.x);
    free(y);
}

static void
test_triples(void **state)
{
    char *text = read_text("triples.json");
    cJSON *list = cJSON_Parse(text);
    const cJSON *entry;

    (void)state;
    if (text == NULL) {
        print_message("skipped: no ../shared/data\n");
        skip();
    }
    assert_true(cJSON_GetArraySize(list) > 0);
    cJSON_ArrayForEach(entry, list)
    {
        run_triple(entry);
    }
    cJSON_Delete(list);
    free(text);
}

/* What a thread of test_threads does: the same rows as everybody. */
struct job {
    const struct scorer *s;
    struct matrix in;
    const float *want;
    size_t nwrong;
};

static void *
score_again(void *arg)
{
    struct job *j = arg;
    size_t n = j->in.nrow * j->s->noutput;
    float *y = calloc(n, sizeof(*y));

    for (int i = 0; i < 10; i++) {
        if (scorer_score(j->s, j->in.x, j->in.nrow, y) != RC_OK ||
            memcmp(y, j->want, n * sizeof(*y)) != 0) {
            j->nwrong++;
        }
    }
    free(y);
    return NULL;
}

static void
run_threads(const char *name, enum scorer_predict predict)
{
    struct model *m = load(name);
    size_t nfeature = model_info(m)->nfeature;
    struct matrix in = {calloc(200 * nfeature, sizeof(float)), 200, nfeature};
    struct job job[4];
    pthread_t thread[4];
    struct scorer *s;
    struct err e;
    float *y;

    for (size_t i = 0; i < 200 * nfeature; i++) {
        in.x[i] = i % 7 == 0 ? NAN : (float)(i * 2654435761u % 1000) / 100;
    }
    assert_int_equal(
        scorer_create(&s, m, 0, model_info(m)->rounds, predict, &e), RC_OK);
    y = calloc(200 * s->noutput, sizeof(*y));
    assert_int_equal(scorer_score(s, in.x, 200, y), RC_OK);
    for (int i = 0; i < 4; i++) {
        job[i] = (struct job){s, in, y, 0};
        pthread_create(&thread[i], NULL, score_again, &job[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(job[i].nwrong, 0);
    }
    scorer_destroy(&s);
    model_destroy(&m);
    free(in.x);
    free(y);
}

static void
test_threads(void **state)
{
    char *text = read_text("triples.json");

    (void)state;
    if (text == NULL) {
        skip();
    }
    free(text);
    run_threads("triples/gbdt-rs-multi-softprob/model.model", SCORER_VALUE);
    run_threads("triples/leaves-agaricus-gblinear/model.model", SCORER_VALUE);
    run_threads("triples/gbdt-rs-multi-softprob/model.model", SCORER_LEAF);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_triples),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
