/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a table is made of, read from a Redis that is played.
 */
#include "tests/lookup/watch_bench.h"

#define SCHEMA "00000000000000b2"

static void
test_info(void **state)
{
    static const struct play_line script[] = {
        {"HGETALL p:t:3",
         "*6\r\n$3\r\nuid\r\n$16\r\n" UID "\r\n$5\r\nstate\r\n$5\r\nready\r\n"
         "$4\r\nrows\r\n$2\r\n40\r\n"},
        {"HGETALL p:t:4", "*0\r\n"},
        {"HGETALL p:t:5", "*2\r\n$4\r\nrows\r\n$1\r\nx\r\n"},
    };
    struct generation_info info;
    struct played_redis p;
    struct watch *w = begin(&p, script, COUNT(script));
    struct err e;

    (void)state;
    assert_int_equal(watch_read_info(w, "t", 3, &info, &e), RC_OK);
    assert_string_equal(info.uid, UID);
    assert_true(info.ready);
    assert_int_equal(info.rows, 40);
    generation_info_fini(&info);
    assert_int_equal(watch_read_info(w, "t", 4, &info, &e), RC_NOT_FOUND);
    assert_string_equal(e.text, "p:t:4 is not in redis");
    generation_info_fini(&info);
    assert_int_equal(watch_read_info(w, "t", 5, &info, &e), RC_INVAL);
    generation_info_fini(&info);
    end(&p, w);
}

static void
test_model_and_items(void **state)
{
    static const struct play_line script[] = {
        {"GET p:t:3:model", "$5\r\n\r\nabc\r\n"},
        {"GET p:t:3:items", "$0\r\n\r\n"},
        {"GET p:t:4:model", "$-1\r\n"},
    };
    struct played_redis p;
    struct watch *w = begin(&p, script, COUNT(script));
    char *bytes = NULL;
    struct err e;
    size_t len;

    (void)state;
    assert_int_equal(watch_read_model(w, "t", 3, &bytes, &len, &e), RC_OK);
    assert_true(str_eq((struct str){bytes, len}, STR("\r\nabc")));
    free(bytes);
    assert_int_equal(watch_read_items(w, "t", 3, &bytes, &len, &e), RC_OK);
    assert_int_equal(len, 0);
    free(bytes);
    assert_int_equal(watch_read_model(w, "t", 4, &bytes, &len, &e),
                     RC_NOT_FOUND);
    assert_string_equal(e.text, "p:t:4:model is not in redis");
    end(&p, w);
}

static void
test_feature_buckets(void **state)
{
    static const struct play_line script[] = {
        {"GET p:t:features:" SCHEMA, "$5\r\n65536\r\n"},
        {"GET p:t:features:" SCHEMA, "$-1\r\n"},
        {"GET p:t:features:" SCHEMA, "$2\r\n-1\r\n"},
    };
    struct played_redis p;
    struct watch *w = begin(&p, script, COUNT(script));
    uint64_t n = 7;
    struct err e;

    (void)state;
    assert_int_equal(watch_feature_buckets(w, "t", SCHEMA, &n, &e), RC_OK);
    assert_int_equal(n, 65536);
    assert_int_equal(watch_feature_buckets(w, "t", SCHEMA, &n, &e), RC_OK);
    assert_int_equal(n, 0);
    assert_int_equal(watch_feature_buckets(w, "t", SCHEMA, &n, &e), RC_INVAL);
    end(&p, w);
}

/* What was given, as "bucket user=record " behind one another. */
struct given {
    char text[256];
    size_t calls, max; /* RC_FULL at that call */
};

static enum rc
on_record(void *arg, uint64_t bucket, struct str user, struct str record)
{
    struct given *g = arg;
    size_t len = strlen(g->text);

    if (++g->calls == g->max) {
        return RC_FULL;
    }
    snprintf(g->text + len, sizeof(g->text) - len, "%u %.*s=%.*s ",
             (unsigned)bucket, STR_ARG(user), STR_ARG(record));
    return RC_OK;
}

/* The user without a name holds the place of a bucket that has none. */
static void
test_records(void **state)
{
    static const struct play_line script[] = {
        {"HGETALL p:t:3:5", "*4\r\n$1\r\na\r\n$2\r\n12\r\n"
                            "$1\r\nb\r\n$2\r\n34\r\n"},
        {"HGETALL p:t:3:6", "*2\r\n$0\r\n\r\n$1\r\nx\r\n"},
        {"HGETALL p:t:3:7", "*2\r\n$1\r\nc\r\n$0\r\n\r\n"},
        {"HGETALL p:t:features:" SCHEMA ":0", "*2\r\n$1\r\nd\r\n$1\r\n5\r\n"},
    };
    struct given g = {"", 0, 0};
    struct played_redis p;
    struct watch *w = begin(&p, script, COUNT(script));
    struct err e;

    (void)state;
    assert_int_equal(watch_read_records(w, "t", 3, 5, 8, on_record, &g, &e),
                     RC_OK);
    assert_string_equal(g.text, "5 a=12 5 b=34 7 c= ");
    g.text[0] = '\0';
    assert_int_equal(watch_read_rows(w, "t", SCHEMA, 0, 1, on_record, &g, &e),
                     RC_OK);
    assert_string_equal(g.text, "0 d=5 ");
    assert_int_equal(watch_connects(w), 1);
    end(&p, w);
}

/* More than are asked for at once. */
static void
test_many_buckets(void **state)
{
    enum {
        BUCKETS = 300
    };
    static char asked[BUCKETS][32];
    static struct play_line script[BUCKETS];
    struct given g = {"", 0, 0};
    struct played_redis p;
    struct watch *w;
    struct err e;

    (void)state;
    for (size_t i = 0; i < BUCKETS; i++) {
        snprintf(asked[i], sizeof(asked[i]), "HGETALL p:t:3:%zu", i);
        script[i] = (struct play_line){
            asked[i],
            i + 1 < BUCKETS ? "*0\r\n" : "*2\r\n$1\r\nu\r\n$1\r\n1\r\n"};
    }
    w = begin(&p, script, BUCKETS);
    assert_int_equal(
        watch_read_records(w, "t", 3, 0, BUCKETS, on_record, &g, &e), RC_OK);
    assert_string_equal(g.text, "299 u=1 ");
    end(&p, w);
}

/* Who has enough is not told of the rest, nor is who asks next. */
static void
test_ended_by_who_asked(void **state)
{
    static const struct play_line script[] = {
        {"HGETALL p:t:3:0", "*4\r\n$1\r\na\r\n$1\r\n1\r\n"
                            "$1\r\nb\r\n$1\r\n2\r\n"},
        {"HGETALL p:t:3:1", "*2\r\n$1\r\nc\r\n$1\r\n3\r\n"},
        {"GET p:t:features:" SCHEMA, "$1\r\n8\r\n"},
    };
    struct given g = {.max = 2};
    struct played_redis p;
    struct watch *w = begin(&p, script, COUNT(script));
    uint64_t n;
    struct err e;

    (void)state;
    assert_int_equal(watch_read_records(w, "t", 3, 0, 2, on_record, &g, &e),
                     RC_FULL);
    assert_string_equal(g.text, "0 a=1 ");
    assert_int_equal(watch_feature_buckets(w, "t", SCHEMA, &n, &e), RC_OK);
    assert_int_equal(n, 8);
    assert_int_equal(watch_connects(w), 2);
    end(&p, w);
}

static enum rc
on_superseded(void *arg, struct str user, uint64_t updated_us)
{
    struct given *g = arg;
    size_t len = strlen(g->text);

    snprintf(g->text + len, sizeof(g->text) - len, "%.*s@%u ", STR_ARG(user),
             (unsigned)updated_us);
    return RC_OK;
}

static void
test_superseded(void **state)
{
    static const struct play_line script[] = {
        {"ZRANGEBYSCORE p:t:superseded (17 +inf WITHSCORES",
         "*4\r\n$1\r\na\r\n$2\r\n18\r\n$1\r\nb\r\n$2\r\n20\r\n"},
        {"ZRANGEBYSCORE p:t:superseded (20 +inf WITHSCORES", "*0\r\n"},
        {"ZRANGEBYSCORE p:t:superseded (20 +inf WITHSCORES",
         "*2\r\n$1\r\na\r\n$4\r\n20.5\r\n"},
    };
    struct given g = {"", 0, 0};
    struct played_redis p;
    struct watch *w = begin(&p, script, COUNT(script));
    struct err e;

    (void)state;
    assert_int_equal(watch_superseded(w, "t", 17, on_superseded, &g, &e),
                     RC_OK);
    assert_string_equal(g.text, "a@18 b@20 ");
    assert_int_equal(watch_superseded(w, "t", 20, on_superseded, &g, &e),
                     RC_OK);
    assert_int_equal(watch_superseded(w, "t", 20, on_superseded, &g, &e),
                     RC_INVAL);
    assert_string_equal(g.text, "a@18 b@20 ");
    end(&p, w);
}

static void
test_announce(void **state)
{
    static const struct play_line script[] = {
        {"HSET p::servers me here I am", ":1\r\n"},
        {"HDEL p::servers me", ":1\r\n"},
        {"HSET p::servers me x", "-MISCONF no writing\r\n"},
    };
    struct played_redis p;
    struct watch *w = begin(&p, script, COUNT(script));
    struct err e;

    (void)state;
    assert_int_equal(watch_announce(w, "me", STR("here I am"), &e), RC_OK);
    assert_int_equal(watch_announce(w, "me", STR(""), &e), RC_OK);
    assert_int_equal(watch_announce(w, "me", STR("x"), &e), RC_UNAVAIL);
    end(&p, w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_info),
        cmocka_unit_test(test_model_and_items),
        cmocka_unit_test(test_feature_buckets),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_many_buckets),
        cmocka_unit_test(test_ended_by_who_asked),
        cmocka_unit_test(test_superseded),
        cmocka_unit_test(test_announce),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
