/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/core/generation_file.h"

#include "tests/support/model_path.h"
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A model of three features, named or not, as a generation. */
static enum rc
make(struct generation **g, const char *const *name, const char *iterations,
     struct queue *graveyard, struct err *e)
{
    const struct train t = {
        .objective = "binary:logistic",
        .rounds = 2,
        .depth = 2,
        .nfeature = 3,
        .nrow = 64,
        .name = name,
    };
    char path[] = MODEL_PATH;
    size_t len;
    char *bytes = train_model(&t, &len);

    model_path_write(path, bytes, len);
    free(bytes);
    *g = NULL;
    e->text[0] = '\0';
    enum rc rc = generation_from_file(g, path, iterations, graveyard, e);

    unlink(path);
    return rc;
}

static void
test_names(void **state)
{
    static const char *const own[] = {"age", "hour", "spent"};
    static const char *const counted[] = {"f0", "f1", "f2"};
    struct queue *graveyard = queue_create(1);
    struct generation *g;
    struct err e;

    (void)state;
    for (int named = 0; named < 2; named++) {
        assert_int_equal(make(&g, named ? own : NULL, "auto", graveyard, &e),
                         RC_OK);
        assert_true(g->storeless && generation_is_live(g));
        assert_int_equal(g->number, 1);
        assert_int_equal(g->info.rows, 0);
        assert_string_equal(g->info.iterations, "0:2");
        assert_int_equal(strncmp(g->info.uid, g->info.source_sha256, 16), 0);
        assert_int_equal(schema_size(g->schema), 3);
        for (size_t i = 0; i < 3; i++) {
            assert_string_equal(schema_name(g->schema, i).p,
                                (named ? own : counted)[i]);
        }
        generation_destroy(&g);
    }
    queue_destroy(&graveyard);
}

static void
test_scores_as_the_model_does(void **state)
{
    struct queue *graveyard = queue_create(1);
    const float row[3] = {0.5f, NAN, -1};
    struct generation *g, *one;
    float y[2];
    struct prediction p[] = {{.y = &y[0]}, {.y = &y[1]}};
    struct err e;

    (void)state;
    assert_int_equal(make(&g, NULL, "all", graveyard, &e), RC_OK);
    assert_int_equal(make(&one, NULL, "0:1", graveyard, &e), RC_OK);
    assert_int_equal(generation_score(g, row, 1, &p[0]), RC_OK);
    assert_int_equal(generation_score(one, row, 1, &p[1]), RC_OK);
    assert_true(y[0] != y[1]);
    assert_int_equal(scorer_score(g->scorer, row, 1, &y[1]), RC_OK);
    assert_true(y[0] == y[1]);
    generation_destroy(&g);
    generation_destroy(&one);
    queue_destroy(&graveyard);
}

static void
test_refused(void **state)
{
    static const char *const twice[] = {"age", "hour", "age"};
    struct queue *graveyard = queue_create(1);
    char path[] = MODEL_PATH;
    struct generation *g = NULL;
    struct err e;

    (void)state;
    assert_int_equal(make(&g, NULL, "1:9", graveyard, &e), RC_INVAL);
    assert_non_null(strstr(e.text, "iterations"));
    assert_int_equal(make(&g, twice, "auto", graveyard, &e), RC_REFUSED);
    assert_non_null(strstr(e.text, "age"));
    model_path_write(path, "{}", 2);
    assert_int_equal(generation_from_file(&g, path, "auto", graveyard, &e),
                     RC_REFUSED);
    assert_int_equal(strncmp(e.text, path, strlen(path)), 0);
    unlink(path);
    assert_int_equal(generation_from_file(&g, path, "auto", graveyard, &e),
                     RC_IO);
    assert_non_null(strstr(e.text, path));
    assert_null(g);
    queue_destroy(&graveyard);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_scores_as_the_model_does),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
