/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole command beside a Redis of two generations: records are texts here,
 * so a score is four letters that happen to be a float.
 */
#include "batchgen/command.h"

#include "tests/batchgen/fake_redis.h"
#include "tests/support/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define GENERATION(rows, buckets)                                              \
    "format|1|uid|0123456789abcdef|state|ready|kind|score|encoding|f32|"       \
    "outputs|1|model_sha256|" SHA "|schema|[\"a\"]|"                           \
    "schema_id|0123456789abcdef|as_of_us|1|rows|" rows "|buckets|" buckets

/* As floats: 8 is "\0\0\0A", but a NUL ends a C string; so others. */
#define LOW  "\x01\x01\x80\x3f" /* 1.0000308 */
#define HIGH "\x01\x01\x40\x40" /* 3.0000613 */

static enum rc
diff(char *const *word, int n, struct redis *r, struct capture *c,
     struct err *e)
{
    char *argv[8];
    struct stop stop = {0};
    enum rc rc;

    for (int i = 0; i < n; i++) {
        argv[i] = word[i];
    }
    r->lost = false;
    capture_begin(c, STDOUT_FILENO);
    rc = command_diff(n, argv, &stop, e);
    capture_end(c);
    return rc;
}

/* Generation 2 has one bucket, 3 has two; "same" stays as it was. */
static const struct fake_answer both[] = {
    {"HGETALL p:t:2\n", GENERATION("4", "1")},
    {"HGETALL p:t:3\n", GENERATION("3", "2")},
    {"HGETALL p:t:2:0\n", "gone|" LOW "|left|" LOW "|moves|" LOW "|same|" LOW},
    {"HGETALL p:t:3:0\n", "moves|" HIGH "|same|" LOW},
    {"HGETALL p:t:3:1\n", "new|" LOW "||"},
};

static char *json[] = {"2", "3", "--table", "t", "--prefix", "p", "--json"};

static void
test_json_counts_and_names(void **state)
{
    struct capture c;
    struct redis r;
    struct err e = {""};

    (void)state;
    FAKE_REDIS(&r, both);
    if (diff(json, 7, &r, &c, &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
    assert_string_equal(
        c.text, "{\"table\":\"t\",\"from\":2,\"to\":3,\"rows_from\":4,"
                "\"rows_to\":3,\"added\":1,\"gone\":2,\"changed\":1,\"same\":1,"
                "\"mean_move\":1.00001532,\"psi\":null,\"movers\":["
                "{\"user\":\"moves\",\"from\":1.00003064,\"to\":3.00006127}"
                "]}\n");
    fake_redis_fini(&r);
}

static void
test_text_says_the_same(void **state)
{
    struct capture c;
    struct redis r;
    struct err e = {""};

    (void)state;
    FAKE_REDIS(&r, both);
    assert_int_equal(diff(json, 6, &r, &c, &e), RC_OK);
    assert_string_equal(c.text, "generations 2 and 3 of 't'\n"
                                "  users   4 and 3: 1 added, 2 gone\n"
                                "  changed 1 of 2 in both (50.0 %)\n"
                                "  movers  moves: 1.00003, then 3.00006\n");
    fake_redis_fini(&r);
}

/* Rows are missing, the generation is not there, the words are wrong. */
static void
test_failures_say_why(void **state)
{
    static const struct fake_answer short_of_one[] = {
        {"HGETALL p:t:2\n", GENERATION("3", "1")},
        {"HGETALL p:t:3\n", GENERATION("3", "1")},
        {"HGETALL p:t:3:0\n", "a|" LOW "|b|" LOW},
    };
    static const struct fake_answer none[] = {{"HGETALL", ""}};
    struct capture c;
    struct redis r;
    struct err e;

    (void)state;
    FAKE_REDIS(&r, short_of_one);
    assert_int_equal(diff(json, 7, &r, &c, &e), RC_FAILED);
    assert_non_null(strstr(e.text, "says 3 rows, its buckets hold 2"));
    assert_string_equal(c.text, "");
    fake_redis_fini(&r);
    FAKE_REDIS(&r, none);
    assert_int_equal(diff(json, 7, &r, &c, &e), RC_NOT_FOUND);
    assert_int_equal(diff(json, 1, &r, &c, &e), RC_INVAL);
    fake_redis_fini(&r);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_counts_and_names),
        cmocka_unit_test(test_text_says_the_same),
        cmocka_unit_test(test_failures_say_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
