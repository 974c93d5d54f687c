/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/store/store_redis_command.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
is_wire(struct buf *b, struct str wire)
{
    assert_false(buf_failed(b));
    assert_int_equal(b->len, wire.len);
    assert_memory_equal(b->p, wire.p, wire.len);
    buf_clear(b);
}

static void
test_reads(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1024);
    redis_command_read(&b, &(struct store_read){.key = STR("p:t:3:12"),
                                                .field = STR("a\r\n\0b")});
    is_wire(&b, STR("*3\r\n$4\r\nHGET\r\n$8\r\np:t:3:12\r\n"
                    "$5\r\na\r\n\0b\r\n"));
    redis_command_read(&b, &(struct store_read){.key = STR("p:t:3:12")});
    is_wire(&b, STR("*2\r\n$6\r\nEXISTS\r\n$8\r\np:t:3:12\r\n"));
    buf_fini(&b);
}

static void
test_words(void **state)
{
    const struct str word[] = {STR("EVAL"), STR(""), STR("\0")};
    struct buf b;

    (void)state;
    buf_init(&b, 1024);
    redis_command_words(&b, &(struct store_command){.word = word, .nword = 3});
    redis_command_words(&b, &(struct store_command){.word = word, .nword = 1});
    is_wire(&b, STR("*3\r\n$4\r\nEVAL\r\n$0\r\n\r\n$1\r\n\0\r\n"
                    "*1\r\n$4\r\nEVAL\r\n"));
    buf_fini(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
