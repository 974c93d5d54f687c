/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shared way against the scorer's rows, and both against the best ten of
 * a real shop.
 */
#include "common/model/ranking.h"
#include "tests/support/recs.h"
#include "tests/support/train.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FEATURES 9
#define PLENTY   ((size_t)1 << 30)
#define SHOP     "../shared/data/shop/recs/"
#define SHOP_TOP 10

static void
must(enum rc rc, const struct err *e)
{
    if (rc != RC_OK) {
        fail_msg("%s", e->text);
    }
}

static void *
alloc(size_t n, size_t size)
{
    void *p = calloc(n + 1, size);

    assert_non_null(p);
    return p;
}

static struct model *
load_trained(const struct train *t)
{
    struct model *m;
    struct err e;
    size_t len;
    char *bytes = train_model(t, &len);

    must(model_load(&m, (struct str){bytes, len}, false, &e), &e);
    free(bytes);
    return m;
}

static struct scorer *
scorer_of(const struct model *m)
{
    struct scorer *s;
    struct err e;

    must(scorer_create(&s, m, 0, model_info(m)->rounds, SCORER_VALUE, &e), &e);
    return s;
}

static struct ranking *
rank(const struct scorer *s, const struct ranking_catalogue *c,
     enum ranking_isa isa, size_t limit_bytes)
{
    struct ranking *r;
    struct err e;

    must(ranking_create(&r, s, c, isa, limit_bytes, &e), &e);
    return r;
}

/* nuser users' best k, the shared way and row by row. */
static void
compare(const struct ranking *shared, const struct ranking *rows,
        const float *user, size_t nuser, size_t k)
{
    struct record_item *a = alloc(nuser * k, sizeof(*a));
    struct record_item *b = alloc(nuser * k, sizeof(*b));

    assert_int_equal(ranking_top(shared, user, nuser, k, a), RC_OK);
    assert_int_equal(ranking_top(rows, user, nuser, k, b), RC_OK);
    assert_memory_equal(a, b, nuser * k * sizeof(*a));
    free(a);
    free(b);
}

static void
compare_ways(const struct train *t, size_t nitem)
{
    static const uint32_t column[] = {6, 1, 3, 4};
    struct model *m = load_trained(t);
    struct scorer *s = scorer_of(m);
    struct train items = *t;
    struct ranking_catalogue c = {.nitem = nitem, .column = column};
    struct ranking *rows;
    float *user = train_rows(t, 40, 5);
    float *x;

    items.nfeature = c.ncolumn = sizeof(column) / sizeof(*column);
    c.x = x = train_rows(&items, nitem, 3);
    rows = rank(s, &c, RANKING_PLAIN, 0);
    assert_false(ranking_is_shared(rows));
    for (enum ranking_isa isa = RANKING_PLAIN; isa <= ranking_isa_best();
         isa++) {
        struct ranking *shared = rank(s, &c, isa, PLENTY);

        assert_true(ranking_is_shared(shared));
        compare(shared, rows, user, 1, 10);
        compare(shared, rows, user, 6, 1);
        compare(shared, rows, user, 40, nitem);
        compare(shared, rows, user, 17, 0);
        ranking_destroy(&shared);
    }
    ranking_destroy(&rows);
    scorer_destroy(&s);
    model_destroy(&m);
    free(user);
    free(x);
}

static void
sharing_gives_the_same_bits(void **state)
{
    static const struct train t[] = {
        {"binary:logistic", NULL, NULL, 20, 6, FEATURES, 4000, 0, 0},
        {"binary:logistic", NULL, NULL, 8, 9, FEATURES, 8000, 0, 0},
        {"binary:logistic", NULL, NULL, 4, 2, FEATURES, 500, 0, 0.25f},
        {"rank:pairwise", NULL, NULL, 10, 5, FEATURES, 2000, 0, 0},
        {"count:poisson", "dart", "rate_drop=0.3", 10, 4, FEATURES, 2000, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
        compare_ways(&t[i], 1);
        compare_ways(&t[i], 700);
        compare_ways(&t[i], 5000);
    }
}

static void
ties_stay_in_catalogue_order(void **state)
{
    static const struct train t = {"reg:squarederror", NULL, "gamma=1e9", 2, 3,
                                   FEATURES,           100,  0,           0};
    static const uint32_t column[] = {0};
    float x[50] = {0};
    struct ranking_catalogue c = {x, 50, column, 1};
    float user[FEATURES] = {0};
    struct record_item pick[60];
    struct model *m = load_trained(&t);
    struct scorer *s = scorer_of(m);
    struct ranking *r = rank(s, &c, ranking_isa_best(), PLENTY);

    (void)state;
    assert_int_equal(ranking_top(r, user, 1, 60, pick), RC_OK);
    for (uint32_t i = 0; i < 50; i++) {
        assert_int_equal(pick[i].item, i);
    }
    ranking_destroy(&r);
    scorer_destroy(&s);
    model_destroy(&m);
}

static void
several_outputs_are_refused(void **state)
{
    static const struct train t = {"multi:softprob", NULL, NULL, 2, 3,
                                   FEATURES,         500,  3,    0};
    static const uint32_t column[] = {0};
    float x[1] = {0};
    struct ranking_catalogue c = {x, 1, column, 1};
    struct model *m = load_trained(&t);
    struct scorer *s = scorer_of(m);
    struct ranking *r;
    struct err e;

    (void)state;
    assert_int_equal(ranking_create(&r, s, &c, RANKING_PLAIN, PLENTY, &e),
                     RC_REFUSED);
    scorer_destroy(&s);
    model_destroy(&m);
}

static void
same_as_expected(const struct recs *s, const struct record_item *pick)
{
    FILE *f = fopen(SHOP "expected_top10.csv", "r");
    char line[256];
    size_t n = 0;

    assert_non_null(f);
    assert_non_null(fgets(line, sizeof(line), f));
    while (fgets(line, sizeof(line), f) != NULL) {
        char user[32];
        char item[32];
        float score;

        assert_int_equal(
            sscanf(line, "%31[^,],%*d,%31[^,],%f", user, item, &score), 3);
        assert_true(n < s->users.n * SHOP_TOP);
        assert_string_equal(user, s->users.id[n / SHOP_TOP]);
        assert_string_equal(item, s->items.id[pick[n].item]);
        assert_memory_equal(&score, &pick[n].score, sizeof(score));
        n++;
    }
    assert_int_equal(n, s->users.n * SHOP_TOP);
    fclose(f);
}

static void
the_shop_is_ranked_as_expected(void **state)
{
    struct recs recs;
    struct record_item *pick;
    struct ranking *r;
    struct scorer *s;

    (void)state;
    if (access(SHOP, R_OK) != 0) {
        print_message(SHOP " is not there\n");
        skip();
    }
    recs_init(&recs, SHOP);
    s = scorer_of(recs.model);
    r = rank(s, &recs.catalogue, ranking_isa_best(), PLENTY);
    assert_true(ranking_is_shared(r));
    pick = alloc(recs.users.n * SHOP_TOP, sizeof(*pick));
    assert_int_equal(ranking_top(r, recs.user, recs.users.n, SHOP_TOP, pick),
                     RC_OK);
    same_as_expected(&recs, pick);
    ranking_destroy(&r);
    scorer_destroy(&s);
    recs_fini(&recs);
    free(pick);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sharing_gives_the_same_bits),
        cmocka_unit_test(ties_stay_in_catalogue_order),
        cmocka_unit_test(several_outputs_are_refused),
        cmocka_unit_test(the_shop_is_ranked_as_expected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
