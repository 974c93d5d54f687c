/* SPDX-License-Identifier: Apache-2.0 */
/* URLs and password files: all forms, and what is refused with which words. */
#include "common/table/topology.h"
#include "tests/support/guarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct topology
parsed(const char *url)
{
    struct topology t;
    struct err e = {""};

    if (topology_parse(&t, str_of(url), &e) != RC_OK) {
        fail_msg("%s: %s", url, e.text);
    }
    return t;
}

static void
tcp_is(const char *url, const char *host, unsigned port, unsigned db)
{
    struct topology t = parsed(url);

    assert_string_equal(t.host, host);
    assert_string_equal(t.path, "");
    assert_int_equal(t.port, port);
    assert_int_equal(t.db, db);
}

static void
unix_is(const char *url, const char *path, unsigned db)
{
    struct topology t = parsed(url);

    assert_string_equal(t.path, path);
    assert_string_equal(t.host, "");
    assert_int_equal(t.db, db);
}

static void
auth_is(const char *url, const char *user, const char *password)
{
    struct topology t = parsed(url);

    assert_string_equal(t.host, "h");
    assert_string_equal(t.user, user);
    assert_string_equal(t.password, password);
}

static void
tcp_urls(void **state)
{
    (void)state;
    tcp_is("redis://127.0.0.1:6380", "127.0.0.1", 6380, 0);
    tcp_is("redis://redis.local", "redis.local", 6379, 0);
    tcp_is("redis://h/", "h", 6379, 0);
    tcp_is("redis://h/0", "h", 6379, 0);
    tcp_is("redis://h:1/15", "h", 1, 15);
    tcp_is("redis://h:65535", "h", 65535, 0);
    tcp_is("redis://my_redis-1:6379", "my_redis-1", 6379, 0);
    tcp_is("redis://[::1]", "::1", 6379, 0);
    tcp_is("redis://[::1]:7000/3", "::1", 7000, 3);
    tcp_is("redis://[fe80::1%eth0]:7000", "fe80::1%eth0", 7000, 0);
}

static void
unix_urls(void **state)
{
    (void)state;
    unix_is("unix:/run/redis.sock", "/run/redis.sock", 0);
    unix_is("unix:///run/redis.sock", "/run/redis.sock", 0);
    unix_is("unix:/run/redis.sock?db=7", "/run/redis.sock", 7);
    unix_is("unix:/a%20b%3fc%25", "/a b?c%", 0);
}

static void
users_and_passwords(void **state)
{
    (void)state;
    auth_is("redis://h", "", "");
    auth_is("redis://:secret@h", "", "secret");
    auth_is("redis://ann:secret@h:1/2", "ann", "secret");
    auth_is("redis://ann:@h", "ann", "");
    auth_is("redis://a%3Ab:%2f%40%3A%25@h", "a:b", "/@:%");
    auth_is("redis://ann:p@ss:w@h", "ann", "p@ss:w");
    auth_is("redis://ann:+@h", "ann", "+");
}

static void
refuses(const char *url, const char *says)
{
    struct topology t;
    struct err e = {""};

    if (topology_parse(&t, str_of(url), &e) != RC_INVAL) {
        fail_msg("accepted: %s", url);
    }
    if (strstr(e.text, says) == NULL) {
        fail_msg("%s: '%s' lacks '%s'", url, e.text, says);
    }
    assert_null(strstr(e.text, "secret"));
    assert_int_equal(topology_parse(&t, str_of(url), NULL), RC_INVAL);
}

static void
other_schemes_are_refused(void **state)
{
    (void)state;
    refuses("", "neither");
    refuses("127.0.0.1:6379", "neither");
    refuses("http://h", "neither");
    refuses("redis:h", "neither");
    refuses("REDIS://h", "neither");
    refuses("rediss://:secret@h:6379", "rediss: is not supported yet");
    refuses("redis-sentinel://h", "not supported yet");
    refuses("redis+sentinel://h", "not supported yet");
    refuses("redis-cluster://h", "not supported yet");
    refuses("redis+cluster://h", "not supported yet");
}

static void
bad_hosts_are_refused(void **state)
{
    char url[400] = "redis://";

    (void)state;
    refuses("redis://", "host");
    refuses("redis://:6379", "host");
    refuses("redis:///0", "host");
    refuses("redis://[]", "host");
    refuses("redis://[::1", "host");
    refuses("redis://[::1:6379", "host");
    refuses("redis://::1", "host");
    refuses("redis://a b", "host");
    refuses("redis://h?db=1", "host");
    refuses("redis://h#1", "host");
    refuses("redis://a,b", "host");
    refuses("redis://a:1,b:2", "port");
    refuses("redis://[::1]x", "port");
    memset(url + 8, 'h', 256);
    refuses(url, "host");
    url[8 + 255] = '\0';
    assert_int_equal(strlen(parsed(url).host), 255);
}

static void
bad_numbers_are_refused(void **state)
{
    (void)state;
    refuses("redis://h:", "port");
    refuses("redis://h:0", "port");
    refuses("redis://h:65536", "port");
    refuses("redis://h:-1", "port");
    refuses("redis://h:6379x", "port");
    refuses("redis://[::1]:", "port");
    refuses("redis://h:1:2", "port");
    refuses("redis://h/x", "database");
    refuses("redis://h/-1", "database");
    refuses("redis://h/1/2", "database");
    refuses("redis://h/1?x=2", "database");
    refuses("redis://h/18446744073709551616", "database");
    refuses("unix:/s?db=", "?db=N");
    refuses("unix:/s?db=x", "?db=N");
    refuses("unix:/s?", "?db=N");
    refuses("unix:/s?password=secret", "?db=N");
}

static void
bad_auth_is_refused(void **state)
{
    char url[700] = "redis://u:";

    (void)state;
    refuses("redis://@h", "user:password");
    refuses("redis://secret@h", "user:password");
    refuses("redis://u:secret%@h", "percent-encoded");
    refuses("redis://u:secret%4@h", "percent-encoded");
    refuses("redis://u:secret%4x@h", "percent-encoded");
    refuses("redis://u:secret%00@h", "percent-encoded");
    memset(url + 10, 'p', 512);
    memcpy(url + 10 + 512, "@h", 3);
    refuses(url, "percent-encoded");
    memcpy(url + 10 + 511, "@h", 3);
    assert_int_equal(strlen(parsed(url).password), 511);
}

static void
bad_paths_are_refused(void **state)
{
    char url[200] = "unix:/";

    (void)state;
    refuses("unix:", "path");
    refuses("unix:s", "path");
    refuses("unix://", "path");
    refuses("unix://s", "path");
    refuses("unix://u:secret@/s", "path");
    refuses("unix:/%", "path");
    refuses("unix:/a%00b", "path");
    memset(url + 6, 's', 107);
    refuses(url, "108");
    url[5 + 107] = '\0';
    assert_int_equal(strlen(parsed(url).path), 107);
}

static void
a_nul_ends_nothing(void **state)
{
    struct topology t;

    (void)state;
    assert_int_equal(topology_parse(&t, STR("redis://h\0.evil"), NULL),
                     RC_INVAL);
    assert_int_equal(topology_parse(&t, STR("redis://h:1\0"), NULL), RC_INVAL);
    assert_int_equal(topology_parse(&t, STR("redis://u:p\0q@h"), NULL),
                     RC_INVAL);
    assert_int_equal(topology_parse(&t, STR("unix:/s\0t"), NULL), RC_INVAL);
    assert_int_equal(topology_parse(&t, (struct str){NULL, 0}, NULL), RC_INVAL);
}

/* Read to its end and not beyond, wherever that is. */
static void
urls_cut_anywhere(void **state)
{
    static const char *const url[] = {"redis://u%41:%70@[::1]:70/12",
                                      "unix:///run/%41.sock?db=12",
                                      "rediss://h"};
    struct topology t;
    struct guarded g;

    (void)state;
    guarded_init(&g, 100);
    for (size_t i = 0; i < COUNT(url); i++) {
        for (size_t len = 0; len <= strlen(url[i]); len++) {
            struct str cut = guarded_copy(&g, (struct str){url[i], len});
            enum rc rc = topology_parse(&t, cut, NULL);

            assert_true(rc == RC_OK || rc == RC_INVAL);
        }
    }
    guarded_fini(&g);
}

static void
names_hold_no_secrets(void **state)
{
    struct topology t = parsed("redis://ann:secret@h:1/2");
    char out[300];

    (void)state;
    assert_string_equal(topology_name(&t, out), "h:1");
    t = parsed("redis://[::1]");
    assert_string_equal(topology_name(&t, out), "[::1]:6379");
    t = parsed("unix:/run/redis.sock?db=1");
    assert_string_equal(topology_name(&t, out), "/run/redis.sock");
}

static void
named_ones_need_a_name_server(void **state)
{
    static const struct {
        const char *url;
        bool named;
    } t[] = {
        {"redis://redis.test", true},    {"redis://localhost:1", true},
        {"redis://127.0.0.1", false},    {"redis://[::1]:70", false},
        {"unix:/run/redis.sock", false}, {"redis://127.0.0.1.test", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(t); i++) {
        struct topology place = parsed(t[i].url);

        assert_int_equal(topology_is_named(&place), t[i].named);
    }
}

/* What a password file with these bytes gives; the rc. */
static enum rc
password_from(struct str bytes, struct topology *t, struct err *e)
{
    char path[] = "/tmp/test_topology.XXXXXX";
    int fd = mkstemp(path);
    enum rc rc;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.p, bytes.len), bytes.len);
    close(fd);
    rc = topology_password_file(t, path, e);
    unlink(path);
    if (rc != RC_OK) {
        assert_non_null(strstr(e->text, path));
    }
    return rc;
}

static void
password_files(void **state)
{
    struct topology t = parsed("redis://h");
    struct err e = {""};
    char text[513];

    (void)state;
    assert_int_equal(password_from(STR("secret"), &t, &e), RC_OK);
    assert_string_equal(t.password, "secret");
    assert_int_equal(password_from(STR("p w\r\nsecond"), &t, &e), RC_OK);
    assert_string_equal(t.password, "p w");
    memset(text, 'p', sizeof(text));
    text[511] = '\n';
    assert_int_equal(password_from((struct str){text, 512}, &t, &e), RC_OK);
    assert_int_equal(strlen(t.password), 511);
    text[511] = 'p';
    assert_int_equal(password_from((struct str){text, 512}, &t, &e), RC_INVAL);
    assert_int_equal(password_from((struct str){text, 513}, &t, &e), RC_INVAL);
    assert_int_equal(password_from(STR(""), &t, &e), RC_INVAL);
    assert_int_equal(password_from(STR("\nsecret"), &t, &e), RC_INVAL);
    assert_int_equal(password_from(STR("sec\0ret\n"), &t, &e), RC_INVAL);
    assert_int_equal(topology_password_file(&t, "/nonexistent/file", &e),
                     RC_INVAL);
    assert_non_null(strstr(e.text, "/nonexistent/file: No such file"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tcp_urls),
        cmocka_unit_test(unix_urls),
        cmocka_unit_test(users_and_passwords),
        cmocka_unit_test(other_schemes_are_refused),
        cmocka_unit_test(bad_hosts_are_refused),
        cmocka_unit_test(bad_numbers_are_refused),
        cmocka_unit_test(bad_auth_is_refused),
        cmocka_unit_test(bad_paths_are_refused),
        cmocka_unit_test(a_nul_ends_nothing),
        cmocka_unit_test(urls_cut_anywhere),
        cmocka_unit_test(names_hold_no_secrets),
        cmocka_unit_test(named_ones_need_a_name_server),
        cmocka_unit_test(password_files),
    };

    return cmocka_run_group_tests_name("topology", tests, NULL, NULL);
}
