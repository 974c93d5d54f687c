/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/shortlist.h"

#include "common/base/hash.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct candidate {
    const char *user;
    struct record_item one;
};

static struct keep *
keep_of(const struct candidate *c, size_t n)
{
    struct keep *k = keep_create();
    struct buf bytes;

    assert_non_null(k);
    buf_init(&bytes, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        struct str user = str_of(c[i].user);
        size_t at = keep_put(&bytes, hash_key(user), user, sizeof(c[i].one));

        memcpy(bytes.p + at, &c[i].one, sizeof(c[i].one));
    }
    assert_int_equal(keep_add(k, &bytes, n), RC_OK);
    return k;
}

/* "user: item item ..." of one who has a record in k. */
static void
assert_list(struct keep *k, const char *user, const char *expected)
{
    char text[256] = "";

    assert_int_equal(keep_group(k, 1, NULL), RC_OK);
    for (size_t i = 0; i < keep_bucket_rows(k, 0); i++) {
        struct record_item item[8];
        struct str id, record;
        size_t n;

        keep_row(k, 0, i, &id, &record);
        if (!str_eq(id, str_of(user))) {
            continue;
        }
        assert_int_equal(
            record_get_items(RECORD_TOPK_U32, record, item, 8, 100, &n), RC_OK);
        for (size_t j = 0; j < n; j++) {
            snprintf(text + strlen(text), 16, "%u ", item[j].item);
        }
    }
    assert_string_equal(text, expected);
}

static void
the_best_of_each(void **state)
{
    static const struct candidate in[] = {
        {"ann", {7, 0.5f}},  {"bob", {7, NAN}}, {"ann", {3, 0.5f}},
        {"bob", {1, -1}},    {"ann", {9, 2}},   {"bob", {2, NAN}},
        {"ann", {4, 0.25f}}, {"ann", {9, 0}},   {"cy", {9, -INFINITY}},
    };
    struct shortlist s = {.top = 3, .encoding = RECORD_TOPK_U32, .nitem = 10};
    struct keep *from = keep_of(in, 9), *to = keep_create();

    (void)state;
    assert_int_equal(shortlist_make(&s, from, 9, to, NULL), RC_OK);
    assert_list(to, "ann", "7 3 4 ");
    assert_list(to, "bob", "1 7 2 ");
    assert_list(to, "cy", "9 ");
    assert_int_equal(s.users, 3);
    assert_int_equal(s.listed, 7);
    assert_int_equal(s.duplicate, 1);
    assert_int_equal(s.beaten, 1);
    assert_int_equal(s.longest, 24);
    keep_destroy(&from);
    keep_destroy(&to);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_of_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
