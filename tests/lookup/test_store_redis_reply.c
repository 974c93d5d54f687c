/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis_reply.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct fixture {
    redisReader *reader;
    struct redis_reply reply;
};

static void
begin(struct fixture *f)
{
    f->reader = redisReaderCreateWithFunctions(NULL);
    assert_non_null(f->reader);
    redis_reply_init(&f->reply);
    redis_reply_attach(&f->reply, f->reader);
}

static void
end(struct fixture *f)
{
    redisReaderFree(f->reader);
    redis_reply_fini(&f->reply);
}

static void
feed(struct fixture *f, struct str bytes)
{
    assert_int_equal(redisReaderFeed(f->reader, bytes.p, bytes.len), REDIS_OK);
}

static bool
next(struct fixture *f)
{
    void *got = NULL;

    assert_int_equal(redisReaderGetReply(f->reader, &got), REDIS_OK);
    return got != NULL;
}

static const struct {
    struct str wire;
    struct store_reply value;
    bool is_status;
} known[] = {
    {STR("$3\r\na\0b\r\n"), {RC_OK, STORE_BYTES, STR("a\0b"), 0}, false},
    {STR("$0\r\n\r\n"), {RC_OK, STORE_BYTES, STR(""), 0}, false},
    {STR("$-1\r\n"), {.rc = RC_OK, .kind = STORE_NIL}, false},
    {STR("*-1\r\n"), {.rc = RC_OK, .kind = STORE_NIL}, false},
    {STR(":-7\r\n"), {RC_OK, STORE_INTEGER, {NULL, 0}, -7}, false},
    {STR("+OK\r\n"), {.rc = RC_UNAVAIL}, true},
    {STR("-ERR no\r\n"), {.rc = RC_UNAVAIL}, false},
    {STR("*0\r\n"), {.rc = RC_UNAVAIL}, false},
    {STR("*4\r\n$1\r\na\r\n:1\r\n$-1\r\n*1\r\n+OK\r\n"),
     {.rc = RC_UNAVAIL},
     false},
};

#define NKNOWN (sizeof(known) / sizeof(known[0]))

static void
is_known(const struct redis_reply *r, size_t i)
{
    const struct store_reply *want = &known[i].value;

    assert_int_equal(r->is_status, known[i].is_status);
    assert_int_equal(r->value.rc, want->rc);
    if (want->rc == RC_OK) {
        assert_int_equal(r->value.kind, want->kind);
        assert_int_equal(r->value.integer, want->integer);
        assert_int_equal(r->value.bytes.len, want->bytes.len);
        assert_true(str_eq(r->value.bytes, want->bytes));
    }
}

/* Each cut at every byte, all over one reader. */
static void
test_replies(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    for (size_t i = 0; i < NKNOWN; i++) {
        struct str wire = known[i].wire;

        for (size_t cut = 0; cut < wire.len; cut++) {
            feed(&f, (struct str){wire.p, cut});
            assert_false(next(&f));
            feed(&f, (struct str){wire.p + cut, wire.len - cut});
            assert_true(next(&f));
            is_known(&f.reply, i);
            assert_false(next(&f));
        }
    }
    end(&f);
}

/* The reader moves what it holds once 1,024 bytes of it are read. */
static void
test_bytes_stay_when_the_reader_moves_its_own(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    for (size_t i = 0; i < 1000; i++) {
        for (size_t k = 0; k < NKNOWN; k++) {
            feed(&f, known[k].wire);
        }
    }
    for (size_t i = 0; i < 1000 * NKNOWN; i++) {
        assert_true(next(&f));
        is_known(&f.reply, i % NKNOWN);
    }
    assert_false(next(&f));
    end(&f);
}

/* Half a list, and what is no protocol: the reader gives up cleanly. */
static void
test_broken(void **state)
{
    static const struct str broken[] = {
        STR("HTTP/1.1 400\r\n"),
        STR("*2\r\n$1\r\na\r\n?\r\n"),
        STR("$x\r\n"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        struct fixture f;
        void *got = NULL;

        begin(&f);
        feed(&f, broken[i]);
        assert_int_equal(redisReaderGetReply(f.reader, &got), REDIS_ERR);
        end(&f);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_bytes_stay_when_the_reader_moves_its_own),
        cmocka_unit_test(test_broken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
