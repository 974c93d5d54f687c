/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RESP commands cut at every byte, ending where a page ends: incomplete is
 * asked for again, complete is taken whole, and what is neither says why.
 */
#include "lookup/net/resp_parse.h"
#include "tests/lookup/guarded_input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define ROOM (RESP_COMMAND_MAX + 4096)

struct bench {
    struct guarded_input g;
    struct resp_words w;
};

static ssize_t
parse(struct bench *b, struct str s)
{
    char *p = guarded_at(&b->g, s.len);

    memcpy(p, s.p, s.len);
    b->w.narg = 99;
    return resp_parse(p, s.len, &b->w);
}

/* The words joined by '|'. */
static void
join(const struct bench *b, char *out, size_t cap)
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < b->w.narg; i++) {
        at += (size_t)snprintf(out + at, cap - at, "%s%.*s", i == 0 ? "" : "|",
                               STR_ARG(b->w.arg[i]));
    }
}

static void
test_cut_at_every_byte(void **state)
{
    static const struct {
        struct str bytes;
        const char *words;
    } cases[] = {
        {STR("*2\r\n$3\r\nGET\r\n$6\r\nt:user\r\n"), "GET|t:user"},
        {STR("*3\r\n$4\r\nMGET\r\n$0\r\n\r\n$3\r\n\r\n*\r\n"), "MGET||\r\n*"},
        {STR("*1\r\n$4\r\nPING\r\n"), "PING"},
        {STR("*0\r\n"), ""},
        {STR("*-1\r\n"), ""},
        {STR("\r\n"), ""},
        {STR("\n"), ""},
        {STR("PING\r\n"), "PING"},
        {STR(" GET\t t:user \n"), "GET|t:user"},
        {STR("a \"b c\" 'd\\'e' \"\\x41\\t\\q\" \"\"\r\n"), "a|b c|d'e|A\tq|"},
    };
    struct bench *b = *state;
    char words[128];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str s = cases[i].bytes;

        for (size_t n = 0; n < s.len; n++) {
            assert_int_equal(parse(b, (struct str){s.p, n}), RESP_MORE);
        }
        assert_int_equal(parse(b, s), s.len);
        join(b, words, sizeof(words));
        assert_string_equal(words, cases[i].words);
    }
}

static void
test_only_the_first_is_taken(void **state)
{
    struct bench *b = *state;

    assert_int_equal(parse(b, STR("PING\r\n*1\r\n$4\r\n")), 6);
    assert_int_equal(parse(b, STR("*1\r\n$4\r\nPING\r\nX")), 14);
}

static void
test_broken(void **state)
{
    static const struct {
        const char *bytes, *why;
    } cases[] = {
        {"*x\r\n", "invalid multibulk length"},
        {"*4097\r\n", "invalid multibulk length"},
        {"*1\n", "invalid multibulk length"},
        {"*\r\n", "invalid multibulk length"},
        {"*99999999999999999999999", "invalid multibulk length"},
        {"*18446744073709551617\r\n", "invalid multibulk length"},
        {"*1\r\n:1\r\n", "expected '$', got ':'"},
        {"*1\r\n\r\n", "expected '$', got '?'"},
        {"*1\r\n$x\r\n", "invalid bulk length"},
        {"*1\r\n$1048577\r\n", "invalid bulk length"},
        {"*1\r\n$-1\r\n", "invalid bulk length"},
        {"*1\r\n$4\r\nPINGxx", "invalid bulk length"},
        {"'a\r\n", "unbalanced quotes in request"},
        {"\"a\"b\r\n", "unbalanced quotes in request"},
        {"\"a\\\"\r\n", "unbalanced quotes in request"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char why[64];

        assert_int_equal(parse(b, str_of(cases[i].bytes)), RESP_BROKEN);
        snprintf(why, sizeof(why), "Protocol error: %s", cases[i].why);
        assert_string_equal(b->w.why, why);
    }
}

/* A long line, many words, many bytes: all have an end. */
static void
test_bounds(void **state)
{
    struct bench *b = *state;
    char *much = malloc(ROOM);
    size_t n;

    assert_non_null(much);
    memset(much, 'x', ROOM);
    assert_int_equal(parse(b, (struct str){much, RESP_INLINE_MAX - 1}),
                     RESP_MORE);
    assert_int_equal(parse(b, (struct str){much, RESP_INLINE_MAX}),
                     RESP_BROKEN);
    for (n = 0; n < 2 * RESP_ARGS_MAX + 2; n += 2) {
        memcpy(much + n, "a ", 2);
    }
    much[n] = '\n';
    assert_int_equal(parse(b, (struct str){much, n + 1}), RESP_BROKEN);
    memset(much, 'x', ROOM);
    memcpy(much, "*2\r\n$1048576\r\n", 14);
    n = 14 + RESP_COMMAND_MAX;
    memcpy(much + n, "\r\n$1\r\nx\r\n", 9);
    assert_int_equal(parse(b, (struct str){much, n + 9}), RESP_BROKEN);
    assert_string_equal(b->w.why, "Protocol error: too big a request");
    free(much);
}

static int
set_up(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));

    CHECK(b != NULL);
    b->g = guarded_create(ROOM);
    *state = b;
    return 0;
}

static int
tear_down(void **state)
{
    struct bench *b = *state;

    guarded_destroy(&b->g);
    free(b);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_only_the_first_is_taken),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
