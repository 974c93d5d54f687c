/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options that are right by themselves, and what they are together.
 */
#include "lookup/config_check.h"

#include "tests/lookup/config_words.h"

#include <stdio.h>
#include <unistd.h>

/* A model stands for Redis, whatever the environment says of one. */
static void
test_model(void **state)
{
    struct config c;
    struct err e;

    (void)state;
    setenv("LOOKUP_REDIS_URL", "not a URL", 1);
    assert_int_equal(config_words_read(&c, "lookup --model m", &e), RC_OK);
    assert_string_equal(c.options.table, "model");
    config_free(&c);
    assert_int_equal(config_words_read(&c, "lookup --model m --table t", &e),
                     RC_OK);
    assert_string_equal(c.options.table, "t");
    config_free(&c);
    unsetenv("LOOKUP_REDIS_URL");
}

/* Where Redis is, and its password, are known once all was read. */
static void
test_redis(void **state)
{
    char path[] = "/tmp/lookup-password.XXXXXX";
    char words[128];
    int fd = mkstemp(path);
    struct config c;
    struct err e;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "secret\nmore", 11), 11);
    close(fd);
    snprintf(words, sizeof(words),
             "lookup --redis redis://h:7 --redis-password-file %s", path);
    assert_int_equal(config_words_read(&c, words, &e), RC_OK);
    assert_string_equal(c.topology.host, "h");
    assert_int_equal(c.topology.port, 7);
    assert_string_equal(c.topology.password, "secret");
    config_free(&c);
    unlink(path);
}

/* The words, and what the message must name. */
static void
test_refused(void **state)
{
    static const char *const t[][2] = {
        {"lookup --prefix a:b", "--prefix"},
        {"lookup --prefix=", "--prefix"},
        {"lookup --redis http://x", "neither redis://"},
        {"lookup --redis-password-file /nonexistent/file", "/nonexistent/file"},
        {"lookup --table t", "--model"},
        {"lookup --model m --redis redis://x", "leave --redis out"},
        {"lookup --model m --table a:b", "--table"},
        {"lookup --snapshot-dir d --snapshot off", "--snapshot-dir"},
        {"lookup --snapshot-dir d --model m", "--snapshot-dir"},
        {"lookup --snapshot-features --model m", "--snapshot-features"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        config_words_refused(t[i][0], t[i][1]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model),
        cmocka_unit_test(test_redis),
        cmocka_unit_test(test_refused),
    };

    unsetenv("LOOKUP_REDIS_URL");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
