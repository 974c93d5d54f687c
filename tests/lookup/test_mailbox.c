/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/mailbox.h"

#include "common/base/check.h"

#include <event2/event.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MANY 10000

struct reader {
    struct event_base *base;
    struct mailbox *mailbox;
    uintptr_t next; /* the message that is to come */
    pthread_t thread;
};

static void
on_message(void *arg, void *message)
{
    struct reader *r = arg;

    CHECK((uintptr_t)message == r->next);
    CHECK(pthread_equal(pthread_self(), r->thread));
    r->next++;
}

static void
begin(struct reader *r, size_t limit)
{
    *r = (struct reader){.next = 1, .thread = pthread_self()};
    r->base = event_base_new();
    r->mailbox = mailbox_create(r->base, limit, on_message, r);
    CHECK(r->mailbox != NULL);
}

static void
end(struct reader *r)
{
    mailbox_destroy(&r->mailbox);
    assert_null(r->mailbox);
    event_base_free(r->base);
}

static void
test_full(void **state)
{
    struct reader r;

    (void)state;
    begin(&r, 2);
    assert_int_equal(mailbox_post(r.mailbox, (void *)1), RC_OK);
    assert_int_equal(mailbox_post(r.mailbox, (void *)2), RC_OK);
    assert_int_equal(mailbox_post(r.mailbox, (void *)3), RC_FULL);
    assert_int_equal(r.next, 1);
    assert_int_equal(event_base_loop(r.base, EVLOOP_ONCE), 0);
    assert_int_equal(r.next, 3);
    assert_int_equal(mailbox_post(r.mailbox, (void *)3), RC_OK);
    end(&r);
    assert_int_equal(r.next, 4); /* destroying delivers what is left */
    mailbox_destroy(&r.mailbox);
}

static void *
post_many(void *arg)
{
    struct reader *r = arg;

    for (uintptr_t i = 1; i <= MANY; i++) {
        enum rc rc;

        while ((rc = mailbox_post(r->mailbox, (void *)i)) == RC_FULL) {
            sched_yield();
        }
        CHECK(rc == RC_OK);
    }
    return NULL;
}

/* No message is lost, and none waits for another to wake the loop. */
static void
test_from_another_thread(void **state)
{
    struct reader r;
    pthread_t poster;

    (void)state;
    begin(&r, 16);
    assert_int_equal(pthread_create(&poster, NULL, post_many, &r), 0);
    while (r.next <= MANY) {
        assert_int_equal(event_base_loop(r.base, EVLOOP_ONCE), 0);
    }
    assert_int_equal(pthread_join(poster, NULL), 0);
    end(&r);
    assert_int_equal(r.next, MANY + 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_from_another_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
