/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C library's half of it is played here: addresses by family, and a name
 * server that answers when the test says so.
 */
#include "lookup/store/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <cmocka.h>

#define EVER UINT64_MAX

struct names {
    const char *const *v4, *const *v6; /* NULL: none; ends with NULL */
    sem_t answers;
    atomic_int asked;
};

static struct names names;

static struct addrinfo *
info_of(int family, const char *text)
{
    struct addrinfo *a = calloc(1, sizeof(*a) + sizeof(struct sockaddr_in6));
    struct sockaddr_in *in = (struct sockaddr_in *)(a + 1);
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(a + 1);
    void *to = family == AF_INET ? (void *)&in->sin_addr : &in6->sin6_addr;

    assert_non_null(a);
    a->ai_addr = (struct sockaddr *)in;
    a->ai_addrlen = family == AF_INET ? sizeof(*in) : sizeof(*in6);
    a->ai_addr->sa_family = (sa_family_t)family;
    assert_int_equal(inet_pton(family, text, to), 1);
    return a;
}

int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
            struct addrinfo **res)
{
    const char *const *text = hints->ai_family == AF_INET ? names.v4 : names.v6;

    assert_string_equal(node, "redis.test");
    assert_null(service);
    if (hints->ai_family == AF_INET) {
        atomic_fetch_add(&names.asked, 1);
        sem_wait(&names.answers);
    }
    for (*res = NULL; text != NULL && *text != NULL; text++) {
        *res = info_of(hints->ai_family, *text);
        res = &(*res)->ai_next;
    }
    return text == NULL ? EAI_NONAME : 0;
}

void
freeaddrinfo(struct addrinfo *a)
{
    while (a != NULL) {
        struct addrinfo *next = a->ai_next;

        free(a);
        a = next;
    }
}

/* answers: to how many questions there is one already. */
static struct resolver *
begin(const char *const *v4, const char *const *v6, unsigned answers)
{
    struct resolver *r = resolver_create("redis.test");

    names.v4 = v4;
    names.v6 = v6;
    atomic_store(&names.asked, 0);
    assert_int_equal(sem_init(&names.answers, 0, answers), 0);
    assert_non_null(r);
    return r;
}

static void
end(struct resolver *r)
{
    resolver_destroy(&r);
    assert_null(r);
    sem_destroy(&names.answers);
}

static void
check(struct resolver *r, const char *want)
{
    char address[ADDRESS_MAX] = "";
    struct err e = {""};

    assert_int_equal(resolver_ask(r, EVER, address, &e), RC_OK);
    assert_string_equal(address, want);
}

static void
test_each_in_turn(void **state)
{
    static const char *const v4[] = {"10.0.0.1", "10.0.0.2", NULL};
    static const char *const v6[] = {"fd00::1", NULL};
    struct resolver *r = begin(v4, v6, 3);

    (void)state;
    check(r, "10.0.0.1");
    check(r, "10.0.0.2");
    check(r, "10.0.0.1");
    assert_int_equal(atomic_load(&names.asked), 3);
    end(r);
}

static void
test_only_ipv6(void **state)
{
    static const char *const v6[] = {"fd00::1", NULL};
    struct resolver *r = begin(NULL, v6, 1);

    (void)state;
    check(r, "fd00::1");
    end(r);
}

static void
test_unknown(void **state)
{
    struct resolver *r = begin(NULL, NULL, 1);
    char address[ADDRESS_MAX] = "as before";
    struct err e = {""};

    (void)state;
    assert_int_equal(resolver_ask(r, EVER, address, &e), RC_UNAVAIL);
    assert_string_equal(e.text, "cannot find 'redis.test': Name or service not "
                                "known");
    assert_string_equal(address, "as before");
    end(r);
}

/* Who waits in vain gets the answer next time, and asks once. */
static void
test_silence(void **state)
{
    static const char *const v4[] = {"10.0.0.1", NULL};
    struct resolver *r = begin(v4, NULL, 0);
    char address[ADDRESS_MAX];
    struct err e = {""};

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(resolver_ask(r, 0, address, &e), RC_TIMEOUT);
    }
    assert_string_equal(e.text, "cannot find 'redis.test': no name server "
                                "answers");
    sem_post(&names.answers);
    check(r, "10.0.0.1");
    assert_int_equal(atomic_load(&names.asked), 1);
    end(r);
}

static void
test_destroyed_with_a_question_under_way(void **state)
{
    struct resolver *r = begin(NULL, NULL, 0), *none = NULL;
    char address[ADDRESS_MAX];
    struct err e;

    (void)state;
    assert_int_equal(resolver_ask(r, 0, address, &e), RC_TIMEOUT);
    sem_post(&names.answers);
    end(r);
    resolver_destroy(&none);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_in_turn),
        cmocka_unit_test(test_only_ipv6),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_destroyed_with_a_question_under_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
