/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/server_ports.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

/* Is the address free again? */
static bool
is_free(const struct listen_addr *a)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), rc;

    assert_true(fd >= 0);
    rc = bind(fd, (const struct sockaddr *)&a->sa, a->len);
    close(fd);
    return rc == 0;
}

static void
test_free_ones(void **state)
{
    struct server_ports p;
    struct err e;

    (void)state;
    assert_int_equal(server_ports_find(&p, "127.0.0.1:0", "127.0.0.1:0", &e),
                     RC_OK);
    assert_true(p.has_resp);
    assert_string_not_equal(p.listen.text, "127.0.0.1:0");
    assert_string_not_equal(p.listen.text, p.resp.text);
    assert_true(is_free(&p.listen) && is_free(&p.resp));
}

static void
test_without_resp(void **state)
{
    struct server_ports p;
    struct err e;

    (void)state;
    assert_int_equal(server_ports_find(&p, "127.0.0.1:0", "off", &e), RC_OK);
    assert_false(p.has_resp);
    assert_true(is_free(&p.listen));
}

/* Workers would share it, and its connections go to either protocol. */
static void
test_one_for_both(void **state)
{
    struct server_ports p;
    struct err e;
    char text[64];

    (void)state;
    assert_int_equal(server_ports_find(&p, "127.0.0.1:0", "off", &e), RC_OK);
    snprintf(text, sizeof(text), "%s", p.listen.text);
    assert_int_equal(server_ports_find(&p, text, text, &e), RC_IO);
    assert_non_null(strstr(e.text, text));
    assert_true(is_free(&p.listen));
}

static void
test_no_address(void **state)
{
    struct server_ports p;
    struct err e;

    (void)state;
    assert_int_equal(server_ports_find(&p, "8080x", "off", &e), RC_INVAL);
    assert_int_equal(server_ports_find(&p, "127.0.0.1:0", "x:y", &e), RC_INVAL);
    assert_true(is_free(&p.listen));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_free_ones),
        cmocka_unit_test(test_without_resp),
        cmocka_unit_test(test_one_for_both),
        cmocka_unit_test(test_no_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
