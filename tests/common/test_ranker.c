/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a table (schemas, a catalogue) against rows put together by
 * hand and scored one by one.
 */
#include "common/model/ranker.h"
#include "common/model/ranking_pick.h"
#include "common/model/scorer.h"
#include "tests/support/train.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FEATURES 5
#define USER     3 /* features of a user */
#define ITEMS    200
#define USERS    25
#define TOP      7
#define PLENTY   ((size_t)1 << 30)

static const char *const names[FEATURES] = {"a", "b", "c", "d", "e"};
static const struct train named = {"binary:logistic", NULL, NULL, 15, 5,
                                   FEATURES,          3000, 0,    0,  names};

/* Users have e, a and c; items the model's others, in its order: b and d. */
static const struct str user_name[USER] = {STR("e"), STR("a"), STR("c")};
static const size_t user_place[USER] = {4, 0, 2};
static const size_t item_place[] = {1, 3};

struct bench {
    struct model *model;
    struct scorer *scorer;
    struct schema *users;
    struct catalogue *catalogue;
    struct ranker *ranker;
    float *item; /* ITEMS rows of all features */
    struct err e;
};

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

static struct catalogue *
make_catalogue(const float *item)
{
    struct str id[ITEMS];
    struct catalogue *c;
    float *value;

    for (size_t i = 0; i < ITEMS; i++) {
        id[i] = STR("same");
    }
    assert_int_equal(catalogue_create(&c, id, ITEMS, 2, &value, NULL), RC_OK);
    for (size_t i = 0; i < ITEMS; i++) {
        for (size_t j = 0; j < 2; j++) {
            value[j * ITEMS + i] = item[i * FEATURES + item_place[j]];
        }
    }
    return c;
}

static enum rc
create(struct bench *b, size_t limit_bytes)
{
    return ranker_create(&b->ranker, b->model, b->scorer, b->users,
                         b->catalogue, limit_bytes, &b->e);
}

static void
use_model(struct bench *b, const struct train *t)
{
    scorer_destroy(&b->scorer);
    model_destroy(&b->model);
    b->model = load(t);
    assert_int_equal(scorer_create(&b->scorer, b->model, 0,
                                   model_info(b->model)->rounds, SCORER_VALUE,
                                   NULL),
                     RC_OK);
}

static int
set_up(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));

    assert_non_null(b);
    use_model(b, &named);
    b->item = train_rows(&named, ITEMS, 3);
    b->catalogue = make_catalogue(b->item);
    assert_int_equal(schema_create(&b->users, user_name, USER, NULL), RC_OK);
    *state = b;
    return 0;
}

static int
tear_down(void **state)
{
    struct bench *b = *state;

    ranker_destroy(&b->ranker);
    catalogue_destroy(&b->catalogue);
    schema_destroy(&b->users);
    scorer_destroy(&b->scorer);
    model_destroy(&b->model);
    free(b->item);
    free(b);
    return 0;
}

/* The best of one user, an item a row. */
static void
rank_by_hand(const struct bench *b, const float *user, struct record_item *best)
{
    float row[ITEMS * FEATURES], score[ITEMS];

    memcpy(row, b->item, sizeof(row));
    for (size_t i = 0; i < ITEMS; i++) {
        for (size_t j = 0; j < USER; j++) {
            row[i * FEATURES + user_place[j]] = user[j];
        }
    }
    assert_int_equal(scorer_score(b->scorer, row, ITEMS, score), RC_OK);
    ranking_pick_best(score, ITEMS, 1, TOP, best);
}

static void
compare(struct bench *b, size_t limit_bytes, const char *name)
{
    struct train users = named;
    struct record_item got[USERS * TOP], best[TOP];
    float *user;

    users.nfeature = USER;
    user = train_rows(&users, USERS, 9);
    assert_int_equal(create(b, limit_bytes), RC_OK);
    assert_string_equal(ranker_name(b->ranker), name);
    assert_true(ranker_user_ns(b->ranker) > 0);
    assert_int_equal(ranker_top(b->ranker, user, USERS, TOP, got), RC_OK);
    for (size_t u = 0; u < USERS; u++) {
        rank_by_hand(b, user + u * USER, best);
        assert_memory_equal(got + u * TOP, best, sizeof(best));
    }
    ranker_destroy(&b->ranker);
    free(user);
}

static void
names_decide_what_is_whose(void **state)
{
    compare(*state, PLENTY, "forest, items share their work");
    compare(*state, 0, "item by item");
}

static void
no_more_than_there_are(void **state)
{
    struct bench *b = *state;
    struct record_item item[ITEMS];
    float user[USER] = {0};
    bool seen[ITEMS] = {false};

    assert_int_equal(create(b, PLENTY), RC_OK);
    assert_int_equal(ranker_kept(b->ranker, ITEMS + 5), ITEMS);
    assert_int_equal(ranker_kept(b->ranker, 3), 3);
    assert_int_equal(ranker_top(b->ranker, user, 1, ITEMS + 5, item), RC_OK);
    for (size_t i = 0; i < ITEMS; i++) {
        assert_false(seen[item[i].item]);
        seen[item[i].item] = true;
    }
}

static void
the_row_of_one_item(void **state)
{
    struct bench *b = *state;
    const float user[USER] = {5.0f, NAN, -7.0f};
    float row[FEATURES], want[FEATURES];

    assert_int_equal(create(b, PLENTY), RC_OK);
    for (uint32_t i = 0; i < ITEMS; i += ITEMS - 1) {
        memcpy(want, b->item + i * FEATURES, sizeof(want));
        for (size_t j = 0; j < USER; j++) {
            want[user_place[j]] = user[j];
        }
        memset(row, 0x55, sizeof(row));
        ranker_row(b->ranker, b->catalogue, user, i, row);
        assert_memory_equal(row, want, sizeof(row));
    }
}

static void
what_is_refused(void **state)
{
    static const struct str few[] = {STR("e"), STR("a")};
    static const struct str other[] = {STR("e"), STR("a"), STR("x")};
    static const struct train nameless = {
        "binary:logistic", NULL, NULL, 2, 3, FEATURES, 500, 0, 0, NULL};
    static const struct train several = {
        "multi:softprob", NULL, NULL, 2, 3, FEATURES, 500, 3, 0, names};
    struct bench *b = *state;

    schema_destroy(&b->users);
    assert_int_equal(schema_create(&b->users, few, 2, NULL), RC_OK);
    assert_int_equal(create(b, PLENTY), RC_REFUSED);
    assert_non_null(strstr(b->e.text, "neither"));
    schema_destroy(&b->users);
    assert_int_equal(schema_create(&b->users, other, USER, NULL), RC_OK);
    assert_int_equal(create(b, PLENTY), RC_REFUSED);
    schema_destroy(&b->users);
    assert_int_equal(schema_create(&b->users, user_name, USER, NULL), RC_OK);
    use_model(b, &nameless);
    assert_int_equal(create(b, PLENTY), RC_REFUSED);
    assert_non_null(strstr(b->e.text, "names"));
    use_model(b, &several);
    assert_int_equal(create(b, PLENTY), RC_REFUSED);
    assert_null(b->ranker);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_decide_what_is_whose, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(no_more_than_there_are, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_row_of_one_item, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
