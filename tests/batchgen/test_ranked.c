/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A model of the features "user" and "item" beside catalogues from files and
 * from bytes. What a ranking is made of is test_ranker's.
 */
#include "batchgen/ranked.h"

#include "tests/common/tiny_model.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MODEL                                                                  \
    TINY_MODEL("{}", "[\"user\",\"item\"]", TINY_GBTREE, "5E-1", "[1,7,4]")

struct bench {
    struct folder folder;
    struct scoring scoring;
    struct ranked ranked;
    struct schema *schema; /* of the model, then of the users */
    struct err e;
};

static void
begin(struct bench *b, struct str model)
{
    *b = (struct bench){.e = {""}};
    folder_init(&b->folder);
    if (scoring_of_bytes(&b->scoring, model, "all", &b->e) != RC_OK ||
        scoring_schema(&b->scoring, &b->schema, &b->e) != RC_OK) {
        fail_msg("%s", b->e.text);
    }
}

static void
end(struct bench *b)
{
    ranked_fini(&b->ranked);
    schema_destroy(&b->schema);
    scoring_fini(&b->scoring);
    folder_fini(&b->folder);
}

/* The items of a file of this text. */
static enum rc
init_items(struct bench *b, const char *csv, size_t top)
{
    char *path = folder_file(&b->folder, "items.csv", str_of(csv));
    enum rc rc = ranked_init(&b->ranked, &b->scoring,
                             (struct ranked_how){.items = path, .top = top},
                             &b->schema, &b->e);

    free(path);
    return rc;
}

static void
test_nothing_is_ranked_unless_asked_for(void **state)
{
    struct bench b;

    (void)state;
    begin(&b, STR(MODEL));
    assert_int_equal(ranked_init(&b.ranked, &b.scoring,
                                 (struct ranked_how){.top = 10}, &b.schema,
                                 &b.e),
                     RC_OK);
    assert_int_equal(b.ranked.top, 0);
    assert_int_equal(schema_size(b.schema), 2);
    end(&b);
}

/* What the items have, users need not; both together rank. */
static void
test_items_take_their_features_from_the_users(void **state)
{
    static const float user = 2.0f; /* right: the item decides */
    struct generation_info g = {.format = 1};
    struct record_item best[2];
    struct bench b;
    char sha256[SHA256_HEX];

    (void)state;
    begin(&b, STR(MODEL));
    assert_int_equal(init_items(&b, "id,item\nlow,-3\nhigh,5\n", 10), RC_OK);
    assert_int_equal(schema_size(b.schema), 1);
    assert_true(str_eq(schema_name(b.schema, 0), STR("user")));
    assert_int_equal(ranked_items(&b.ranked), 2);
    assert_int_equal(ranker_top(b.ranked.ranker, &user, 1, 2, best), RC_OK);
    assert_int_equal(best[0].item, 1);
    assert_int_equal(best[1].item, 0);
    ranked_describe(&b.ranked, &g);
    hash_sha256(buf_view(&b.ranked.items), sha256);
    assert_int_equal(g.kind, TABLE_RANKING);
    assert_int_equal(g.encoding, RECORD_TOPK_U16);
    assert_int_equal(g.top, 10);
    assert_string_equal(g.items_sha256, sha256);
    end(&b);
}

static void
test_what_was_stored_ranks_alike(void **state)
{
    static const float user[] = {2.0f, 0.5f};
    struct record_item best[4], again[4];
    struct ranked from_bytes;
    struct bench b;

    (void)state;
    begin(&b, STR(MODEL));
    assert_int_equal(init_items(&b, "id,item\nlow,-3\nhigh,5\n", 2), RC_OK);
    assert_int_equal(ranked_of_bytes(&from_bytes, &b.scoring,
                                     buf_view(&b.ranked.items), 2, b.schema,
                                     &b.e),
                     RC_OK);
    assert_int_equal(ranker_top(b.ranked.ranker, user, 2, 2, best), RC_OK);
    assert_int_equal(ranker_top(from_bytes.ranker, user, 2, 2, again), RC_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(best[i].item, again[i].item);
        assert_true(best[i].score == again[i].score);
    }
    assert_true(str_eq(buf_view(&b.ranked.items), buf_view(&from_bytes.items)));
    ranked_fini(&from_bytes);
    assert_int_equal(ranked_of_bytes(&from_bytes, &b.scoring, STR("\3\0\0"), 2,
                                     b.schema, &b.e),
                     RC_INVAL);
    ranked_fini(&from_bytes);
    end(&b);
}

/* They are scored as rows: there is a catalogue without features at most. */
static void
test_candidates_have_no_ranker(void **state)
{
    struct ranked stored;
    struct catalogue *names;
    struct buf bytes;
    struct bench b;
    float *none;

    (void)state;
    begin(&b, STR(MODEL));
    assert_int_equal(
        ranked_init(&b.ranked, &b.scoring,
                    (struct ranked_how){.item_column = "sku", .top = 3},
                    &b.schema, &b.e),
        RC_OK);
    assert_int_equal(b.ranked.top, 3);
    assert_null(b.ranked.ranker);
    assert_int_equal(schema_size(b.schema), 2);
    assert_int_equal(catalogue_create(&names, &STR("sku-1"), 1, 0, &none, &b.e),
                     RC_OK);
    buf_init(&bytes, 1 << 10);
    catalogue_to_bytes(names, &bytes);
    assert_int_equal(ranked_of_bytes(&stored, &b.scoring, buf_view(&bytes), 3,
                                     b.schema, &b.e),
                     RC_OK);
    assert_null(stored.ranker);
    assert_null(stored.catalogue);
    ranked_fini(&stored);
    catalogue_destroy(&names);
    buf_fini(&bytes);
    end(&b);
}

static void
refused(struct str model, const char *csv, const char *why)
{
    struct bench b;

    begin(&b, model);
    assert_int_equal(init_items(&b, csv, 2), RC_REFUSED);
    if (strstr(b.e.text, why) == NULL) {
        fail_msg("'%s' says no '%s'", b.e.text, why);
    }
    assert_null(b.schema);
    end(&b);
}

static void
test_what_cannot_be_ranked_is_refused(void **state)
{
    struct ranked_how both = {.items = "i", .item_column = "c", .top = 1};
    struct bench b;

    (void)state;
    refused(STR(TINY), "id,item\na,1\n", "no feature names");
    refused(STR(MODEL), "id,item,user\na,1,2\n", "every feature of the model");
    begin(&b, STR(MODEL));
    assert_int_equal(ranked_init(&b.ranked, &b.scoring, both, &b.schema, &b.e),
                     RC_INVAL);
    assert_null(b.schema);
    end(&b);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_ranked_unless_asked_for),
        cmocka_unit_test(test_items_take_their_features_from_the_users),
        cmocka_unit_test(test_what_was_stored_ranks_alike),
        cmocka_unit_test(test_candidates_have_no_ranker),
        cmocka_unit_test(test_what_cannot_be_ranked_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
