/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lookup/config_words.h"

#include <stdlib.h>
#include <unistd.h>

static void
test_defaults(void **state)
{
    struct config c;
    struct err e;

    (void)state;
    assert_int_equal(config_words_read(&c, "lookup", &e), RC_OK);
    assert_int_equal(c.action, CONFIG_SERVE);
    assert_string_equal(c.options.prefix, "lookup");
    assert_string_equal(c.options.listen, "127.0.0.1:8080");
    assert_string_equal(c.options.admin, "127.0.0.1:8081");
    assert_int_equal(c.options.timeout_ms, 50);
    assert_string_equal(c.options.on_unknown, "404");
    assert_string_equal(c.options.on_failure, "503");
    assert_int_equal(c.options.max_body, 1024 * 1024);
    assert_string_equal(c.topology.host, "127.0.0.1");
    assert_int_equal(c.topology.port, 6379);
    config_free(&c);
}

static void
test_threads(void **state)
{
    struct config c;
    struct err e;

    (void)state;
    assert_int_equal(config_words_read(&c, "lookup --threads 3", &e), RC_OK);
    config_choose_threads(&c);
    assert_int_equal(c.options.threads, 3);
    assert_in_range(c.options.scoring_threads, 1, THREADS_MAX);
    config_free(&c);
}

static void
test_actions(void **state)
{
    static const struct {
        const char *words;
        enum config_action action;
    } t[] = {
        {"lookup serve", CONFIG_SERVE},
        {"lookup --help", CONFIG_HELP},
        {"lookup serve -h", CONFIG_HELP},
        {"lookup --version", CONFIG_VERSION},
        {"lookup --threads 3 --check-config", CONFIG_CHECK},
        {"lookup --print-config --prefix=p", CONFIG_PRINT},
        {"lookup --help --prefix a:b --theads", CONFIG_HELP},
        {"lookup --version --config /nonexistent/file", CONFIG_VERSION},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct config c;
        struct err e;

        assert_int_equal(config_words_read(&c, t[i].words, &e), RC_OK);
        assert_int_equal(c.action, t[i].action);
        config_free(&c);
    }
}

/* The words, and what the message must name. */
static void
test_refused(void **state)
{
    static const char *const t[][2] = {
        {"lookup --threads 257", "256"},
        {"lookup --timeout-ms 0", "--timeout-ms"},
        {"lookup --timeout-ms 5001", "5000"},
        {"lookup --on-unknown maybe", "404"},
        {"lookup --theads 3", "--threads"},
        {"lookup start", "'start' is not an option"},
        {"lookup serve serve", "'serve' is not an option"},
        {"lookup --config", "--config"},
        {"lookup --config /nonexistent/file", "/nonexistent/file"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        config_words_refused(t[i][0], t[i][1]);
    }
}

static void
test_too_many_words(void **state)
{
    char words[7 + 3 * WORDS_MAX] = "lookup";
    struct config c;
    struct err e;

    (void)state;
    for (int i = 0; i < WORDS_MAX; i++) {
        memcpy(words + 6 + 2 * i, " x", 3);
    }
    assert_int_equal(config_words_read(&c, words, &e), RC_INVAL);
    assert_string_equal(e.text, "more than 256 arguments");
    config_free(&c);
}

/* Flags win over the file, the file over the environment. */
static void
test_precedence(void **state)
{
    char path[] = "/tmp/lookup-config.XXXXXX";
    char words[256];
    int fd = mkstemp(path);
    const char text[] = "# ours\nprefix = from-file\ntimeout-ms = 70\n"
                        "redis = redis://file:1\n";
    struct config c;
    struct err e;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
    close(fd);
    setenv("LOOKUP_REDIS_URL", "redis://environment:2", 1);
    assert_int_equal(config_words_read(&c, "lookup", &e), RC_OK);
    assert_string_equal(c.topology.host, "environment");
    config_free(&c);

    snprintf(words, sizeof(words), "lookup --timeout-ms 80 --config %s", path);
    assert_int_equal(config_words_read(&c, words, &e), RC_OK);
    assert_string_equal(c.options.prefix, "from-file");
    assert_int_equal(c.options.timeout_ms, 80);
    assert_string_equal(c.topology.host, "file");
    config_free(&c);

    snprintf(words, sizeof(words), "lookup --config=%s --redis unix:/s", path);
    assert_int_equal(config_words_read(&c, words, &e), RC_OK);
    assert_string_equal(c.topology.path, "/s");
    assert_int_equal(c.options.timeout_ms, 70);
    config_free(&c);
    unsetenv("LOOKUP_REDIS_URL");
    unlink(path);
}

static void
test_help_names_every_option(void **state)
{
    static const char *const words[] = {
        "--redis",   "--prefix",      "--listen",       "--admin",
        "--threads", "--on-unknown",  "--on-failure",   "--timeout-ms",
        "--max-age", "--config FILE", "--check-config", "--print-config",
        "--version", "--model",
    };
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    (void)state;
    config_help(out);
    fclose(out);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        assert_non_null(strstr(text, words[i]));
    }
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_actions),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_too_many_words),
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_help_names_every_option),
    };

    unsetenv("LOOKUP_REDIS_URL");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
