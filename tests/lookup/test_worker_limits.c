/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/worker_limits.h"

#include "tests/lookup/config_words.h"

static struct config
options(const char *words)
{
    struct config c;
    struct err e;

    if (config_words_read(&c, words, &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
    return c;
}

static void
test_heads_and_bodies(void **state)
{
    struct config c = options("lookup --max-head 4KiB --max-url 1KiB "
                              "--max-body 2MiB --max-payload 3MiB");
    struct http_limits h = worker_http_limits(&c);
    struct http_request req = {.method = HTTP_POST,
                               .path = STR("/invocations")};

    (void)state;
    assert_int_equal(h.head_bytes, 4 << 10);
    assert_int_equal(h.target_bytes, 1 << 10);
    assert_int_equal(h.body_bytes, 2 << 20);
    assert_int_equal(h.large_bytes, 3 << 20);
    assert_true(h.is_large(&req));
    req.path = STR("/v1/t");
    assert_false(h.is_large(&req));
    config_free(&c);
}

/* Room for the larger of the two kinds of bodies, and for its coding. */
static void
test_input(void **state)
{
    static const struct {
        const char *words;
        size_t bytes;
    } t[] = {
        {"lookup --threads 1 --max-head 4KiB --max-body 1MiB --max-payload "
         "8MiB",
         (4 << 10) + (9 << 20)},
        {"lookup --threads 1 --max-head 4KiB --max-body 8MiB --max-payload "
         "1MiB",
         (4 << 10) + (9 << 20)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct config c = options(t[i].words);

        assert_int_equal(worker_conn_options(&c).input_bytes, t[i].bytes);
        config_free(&c);
    }
}

/* No client is turned away for the rounding. */
static void
test_connections(void **state)
{
    struct config c = options("lookup --threads 3 --max-connections 10");

    (void)state;
    assert_int_equal(worker_conn_options(&c).max_conns, 4);
    c.options.max_connections = 9;
    assert_int_equal(worker_conn_options(&c).max_conns, 3);
    config_free(&c);
}

static void
test_times(void **state)
{
    struct config c = options("lookup --threads 1 --idle-timeout 4s "
                              "--head-timeout 3s --body-timeout 2s "
                              "--drain-timeout 8s --max-pipelined 5");
    struct conn_options o = worker_conn_options(&c);

    (void)state;
    assert_int_equal(o.idle_ns, 4000000000);
    assert_int_equal(o.head_ns, 3000000000);
    assert_int_equal(o.body_ns, 2000000000);
    assert_int_equal(o.drain_ns, 2000000000);
    assert_int_equal(o.max_pipelined, 5);
    assert_int_equal(o.linger_ns, conn_options_default.linger_ns);
    config_free(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heads_and_bodies),
        cmocka_unit_test(test_input),
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
