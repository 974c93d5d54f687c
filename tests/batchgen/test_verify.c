/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/verify.h"

#include "common/base/hash.h"
#include "tests/batchgen/fake_redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Generation 4 of three users in two buckets; *e: why it is not whole. */
static enum rc
verify(struct redis *r, enum table_kind kind, struct err *e)
{
    struct table t = {.redis = r, .prefix = "p", .name = "t"};
    struct generation_info g = {.kind = kind, .rows = 3, .buckets = 2};

    hash_sha256(STR("the model"), g.model_sha256);
    hash_sha256(STR("the items"), g.items_sha256);
    return verify_generation(&t, 4, &g, e);
}

static void
expect(const struct fake_answer *answer, size_t n, enum table_kind kind,
       const char *why)
{
    struct redis r;
    struct err e = {""};
    enum rc rc;

    fake_redis_init(&r, answer, n);
    rc = verify(&r, kind, &e);
    if ((rc == RC_OK) != (why == NULL)) {
        fail_msg("rc %d: %s", rc, e.text);
    }
    if (why != NULL && strstr(e.text, why) == NULL) {
        fail_msg("'%s' says no '%s'", e.text, why);
    }
    fake_redis_fini(&r);
}
#define EXPECT(answer, kind, why)                                              \
    expect((answer), sizeof(answer) / sizeof((answer)[0]), (kind), (why))

/* An empty bucket has a placeholder, which is no row. */
static void
test_all_is_there(void **state)
{
    static const struct fake_answer full[] = {
        {"HLEN p:t:4:0\n", "1"},
        {"HLEN p:t:4:1\n", "2"},
        {"EXISTS p:t:4:", "1"},
        {"GET p:t:4:model\n", "the model"},
        {"GET p:t:4:items\n", "the items"},
    };
    static const struct fake_answer one_is_empty[] = {
        {"HLEN p:t:4:0\n", "3"},     {"HLEN p:t:4:1\n", "1"},
        {"EXISTS p:t:4:", "1"},      {"HEXISTS p:t:4:1 \n", "1"},
        {"HEXISTS p:t:4:0 \n", "0"}, {"GET p:t:4:model\n", "the model"},
    };

    (void)state;
    EXPECT(full, TABLE_SCORE, NULL);
    EXPECT(full, TABLE_RANKING, NULL);
    EXPECT(one_is_empty, TABLE_SCORE, NULL);
}

static void
test_what_is_missing_is_said(void **state)
{
    static const struct fake_answer a_bucket[] = {
        {"HLEN", "3"},
        {"EXISTS p:t:4:0\n", "1"},
        {"EXISTS p:t:4:1\n", "0"},
        {"HEXISTS", "0"},
    };
    static const struct fake_answer a_row[] = {
        {"HLEN", "1"}, {"EXISTS", "1"}, {"HEXISTS", "0"}};
    static const struct fake_answer the_model[] = {
        {"HLEN p:t:4:0\n", "1"}, {"HLEN", "2"}, {"EXISTS", "1"}, {"GET", NULL}};
    static const struct fake_answer the_items[] = {
        {"HLEN p:t:4:0\n", "1"},
        {"HLEN", "2"},
        {"EXISTS", "1"},
        {"GET p:t:4:model\n", "the model"},
        {"GET p:t:4:items\n", "other items"},
    };

    (void)state;
    EXPECT(a_bucket, TABLE_SCORE, "1 of its 2 buckets are gone");
    EXPECT(a_row, TABLE_SCORE, "says 3 rows, its buckets hold 2");
    EXPECT(the_model, TABLE_SCORE, "p:t:4:model is gone");
    EXPECT(the_items, TABLE_RANKING,
           "p:t:4:items reads back with another SHA-256");
}

static void
test_no_answer_is_no_loss(void **state)
{
    static const struct fake_answer lost[] = {{"HLEN", "3"}, {"EXISTS", "!"}};
    struct redis r;
    struct err e;

    (void)state;
    FAKE_REDIS(&r, lost);
    assert_int_equal(verify(&r, TABLE_SCORE, &e), RC_UNAVAIL);
    fake_redis_fini(&r);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_is_there),
        cmocka_unit_test(test_what_is_missing_is_said),
        cmocka_unit_test(test_no_answer_is_no_loss),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
