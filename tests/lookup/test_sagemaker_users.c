/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Invocations of user ids: what is asked of the store, and what becomes of its
 * answers.
 */
#include "lookup/core/batch.h"
#include "tests/lookup/sagemaker_booth.h"

static void
ask_users(struct booth *b, const char *accept, struct str body)
{
    fake_request(&b->f, HTTP_POST, STR("/endpoints/t/invocations"), body);
    fake_header(&b->f, "content-type", "text/csv");
    fake_header(&b->f, "accept", accept);
    fake_header(&b->f, "X-Amzn-SageMaker-Custom-Attributes", "a, lookup=user");
    sagemaker_handle(b->sagemaker, &b->f.x, &b->f.req);
    (void)lookup_flush(b->ladder.lookup);
}

static void
test_users(void **state)
{
    struct booth *b = *state;

    booth_begin(b, NULL);
    ask_users(b, "text/csv", STR("u1\nu2\n"));
    assert_int_equal(b->f.answered, 0);
    ladder_answer_half(&b->ladder, 0);
    ladder_answer_half(&b->ladder, 1);
    assert_int_equal(b->f.answered, 1);
    assert_int_equal(b->f.status, 200);
    assert_string_equal(b->f.body, "0.5\n0.5\n");
    assert_true(fake_has_header(&b->f, "X-Lookup-Source: precomputed"));
    booth_end(b, 2);
}

/* A line is an id, or a quoted cell is. */
static void
test_ids(void **state)
{
    struct booth *b = *state;
    const struct fake_store *s = &b->ladder.store;

    booth_begin(b, NULL);
    ask_users(b, "text/csv", STR("a,b\r\n\"c,\"\"d\"\r\n e\""));
    assert_int_equal(s->n, 3);
    assert_string_equal(s->read[0].field, "a,b");
    assert_string_equal(s->read[1].field, "c,\"d");
    assert_string_equal(s->read[2].field, " e\"");
    for (size_t i = 0; i < 3; i++) {
        ladder_answer_half(&b->ladder, i);
    }
    assert_int_equal(b->f.status, 200);
    booth_end(b, 3);
}

/* Rows and answers stay side by side. */
static void
test_unknown_user(void **state)
{
    static const char *const want[][2] = {
        {"text/csv", "0.5\nnan\n"},
        {"application/jsonlines", "{\"score\": 0.5}\n{\"score\": null}\n"},
    };
    struct booth *b = *state;

    for (size_t i = 0; i < 2; i++) {
        booth_begin(b, NULL);
        ask_users(b, want[i][0], STR("u\nnobody"));
        ladder_answer_half(&b->ladder, 0);
        ladder_answer_unknown(&b->ladder, 1);
        assert_int_equal(b->f.status, 200);
        assert_string_equal(b->f.body, want[i][1]);
        assert_true(
            fake_has_header(&b->f, "X-Lookup-Source: precomputed, unknown"));
        booth_end(b, 2);
    }
}

/* One that could not be asked for fails them all, and each is counted. */
static void
test_silence(void **state)
{
    struct booth *b = *state;

    booth_begin(b, NULL);
    ask_users(b, "text/csv", STR("u1\nu2"));
    ladder_answer_half(&b->ladder, 0);
    fake_store_silence(&b->ladder.store, 1, RC_TIMEOUT);
    assert_int_equal(b->f.status, 503);
    assert_true(fake_has_header(&b->f, "Retry-After: 1"));
    assert_true(fake_has_header(&b->f, "x-amzn-ErrorType: ServiceUnavailable"));
    booth_end(b, 2);
}

static void
test_refused(void **state)
{
    static const struct {
        struct str body;
        const char *why;
    } t[] = {
        {STR("u1\n\nu3"), "row 2 is not a user id of 1 to 512 bytes"},
        {STR("u1\nu2\n\"u3"), "row 3 is not a user id of 1 to 512 bytes"},
        {STR("\"u\",1"), "row 1 is not a user id of 1 to 512 bytes"},
        {STR("\"\"\nu"), "row 1 is not a user id of 1 to 512 bytes"},
    };
    struct booth *b = *state;

    booth_begin(b, NULL);
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        ask_users(b, "text/csv", t[i].body);
        assert_int_equal(b->f.answered, 1);
        assert_int_equal(b->f.status, 400);
        assert_string_equal(b->f.body, t[i].why);
        assert_true(fake_has_header(&b->f, "x-amzn-ErrorType: ModelError"));
    }
    assert_int_equal(b->ladder.store.n, 0);
    booth_end(b, 4);
}

static void
test_long_ids(void **state)
{
    char id[USER_MAX + 2];
    struct booth *b = *state;

    memset(id, 'a', sizeof(id));
    booth_begin(b, NULL);
    ask_users(b, "text/csv", (struct str){id, USER_MAX});
    ladder_answer_half(&b->ladder, 0);
    assert_int_equal(b->f.status, 200);
    ask_users(b, "text/csv", (struct str){id, USER_MAX + 1});
    assert_int_equal(b->f.status, 400);
    booth_end(b, 2);
}

/* As many as a request may have: one more is refused unread. */
static void
test_too_many(void **state)
{
    struct booth *b = *state;
    struct buf body;

    booth_begin(b, NULL);
    buf_init(&body, MIB);
    for (int i = 0; i <= BATCH_MAX; i++) {
        buf_c(&body, "u\n");
    }
    ask_users(b, "text/csv", buf_view(&body));
    assert_int_equal(b->f.status, 400);
    assert_string_equal(b->f.body,
                        "1001 users are more than the 1000 of one request");
    buf_fini(&body);
    booth_end(b, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users),        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_unknown_user), cmocka_unit_test(test_silence),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_long_ids),
        cmocka_unit_test(test_too_many),
    };

    return cmocka_run_group_tests(tests, booth_set_up, ladder_tear_down);
}
