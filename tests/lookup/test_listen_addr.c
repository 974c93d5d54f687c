/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/listen_addr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct listen_addr
parse(const char *text)
{
    struct listen_addr a;
    struct err e = {""};

    if (listen_addr_parse(str_of(text), &a, &e) != RC_OK) {
        fail_msg("%s", e.text);
    }
    return a;
}

static void
test_addresses(void **state)
{
    (void)state;
    assert_string_equal(parse("127.0.0.1:8080").text, "127.0.0.1:8080");
    assert_string_equal(parse("[::1]:80").text, "[::1]:80");
    assert_string_equal(parse(":8080").text, "0.0.0.0:8080");
    assert_string_equal(parse("127.0.0.1:0").text, "127.0.0.1:0");
}

static void
test_bad_addresses(void **state)
{
    static const char *const bad[] = {
        "",           "8080",   "127.0.0.1",       "127.0.0.1:",
        "a:b",        "::1:80", "127.0.0.1:65536", "127.0.0.1:-1",
        "[::1:80",    "[::1]",  "256.0.0.1:80",    "127.0.0.1:80 ",
        "bad host:1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct listen_addr a;
        struct err e = {""};

        assert_int_equal(listen_addr_parse(str_of(bad[i]), &a, &e), RC_INVAL);
        assert_non_null(strstr(e.text, bad[i]));
    }
}

/* Port 0 was asked for, and another one bound. */
static void
test_bound_port(void **state)
{
    static const char *const pairs[][3] = {
        {"127.0.0.1:0", "127.0.0.1:4321", "127.0.0.1:4321"},
        {"[::1]:0", "[::1]:65535", "[::1]:65535"},
        {":0", "127.0.0.1:80", "0.0.0.0:80"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct listen_addr a = parse(pairs[i][0]);
        struct listen_addr bound = parse(pairs[i][1]);

        listen_addr_set_port(&a, &bound);
        assert_string_equal(a.text, pairs[i][2]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_bad_addresses),
        cmocka_unit_test(test_bound_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
