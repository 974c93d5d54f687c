/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/reply.h"

#include "tests/lookup/fake_exchange.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define NO_EXTRA ((struct str){NULL, 0})

static void
begin(struct fake_exchange *f)
{
    fake_request(f, HTTP_GET, STR("/"), NO_EXTRA);
}

/* The text of a member of the error object. */
static char *
member(const struct fake_exchange *f, const char *name)
{
    cJSON *root = cJSON_Parse(f->body);
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(root, "error");
    const cJSON *it = cJSON_GetObjectItemCaseSensitive(error, name);
    char *text = NULL;

    if (cJSON_IsString(it)) {
        text = strdup(it->valuestring);
    } else if (it != NULL) {
        text = cJSON_PrintUnformatted(it);
    }
    cJSON_Delete(root);
    return text;
}

static void
expect(const struct fake_exchange *f, const char *name, const char *want)
{
    char *text = member(f, name);

    assert_non_null(text);
    assert_string_equal(text, want);
    free(text);
}

static void
test_every_error(void **state)
{
    struct fake_exchange *f = *state;

    for (int i = REPLY_NOT_FOUND; i <= REPLY_MEMORY; i++) {
        begin(f);
        reply_error(&f->x, DIALECT_NATIVE, (enum reply_error)i, NO_EXTRA,
                    "number %d", i);
        assert_int_equal(f->answered, 1);
        assert_in_range(f->status, 400, 503);
        assert_int_equal(strstr(f->headers, "Retry-After: ") != NULL,
                         f->status == 503);
        char *hint = member(f, "hint"), *code = member(f, "code");

        assert_true(hint != NULL && strlen(hint) > 5);
        assert_true(code != NULL && strcspn(code, " ") == strlen(code));
        free(hint);
        free(code);
    }
}

static void
test_message(void **state)
{
    struct fake_exchange *f = *state;

    begin(f);
    reply_error(&f->x, DIALECT_NATIVE, REPLY_JSON, NO_EXTRA, "%s",
                "a \"b\"\n\x01 \xc3\xa9");
    expect(f, "message", "a \"b\"\n\x01 \xc3\xa9");
    begin(f);
    reply_error(&f->x, DIALECT_NATIVE, REPLY_JSON, NO_EXTRA, "%s", "a\xc3");
    expect(f, "message", "a?");
}

/* What was cut within a character is UTF-8 all the same. */
static void
test_long_message(void **state)
{
    struct fake_exchange *f = *state;
    char text[4001];

    for (size_t i = 0; i < 4000; i += 2) {
        memcpy(text + i, "\xc3\xa9", 2);
    }
    text[4000] = '\0';
    begin(f);
    reply_error(&f->x, DIALECT_NATIVE, REPLY_JSON, NO_EXTRA, "%s", text);
    assert_true(str_is_utf8(str_of(f->body)));
    char *message = member(f, "message");

    assert_non_null(message);
    free(message);
}

static void
test_extra(void **state)
{
    struct fake_exchange *f = *state;
    size_t n = 400 * 1024;
    char *much = malloc(n);

    begin(f);
    reply_error(&f->x, DIALECT_NATIVE, REPLY_MISSING_FEATURES,
                STR("\"missing\":[\"a\"]"), "one");
    expect(f, "missing", "[\"a\"]");

    /* Too much for an error: it is left out, the rest is said. */
    memset(much, ' ', n);
    begin(f);
    reply_error(&f->x, DIALECT_NATIVE, REPLY_MISSING_FEATURES,
                (struct str){much, n}, "many");
    expect(f, "code", "missing_features");
    expect(f, "message", "many");
    free(much);
}

static void
test_method(void **state)
{
    struct fake_exchange *f = *state;

    begin(f);
    reply_method(&f->x, DIALECT_ADMIN, "GET, HEAD");
    assert_int_equal(f->status, 405);
    assert_string_equal(f->headers, "Allow: GET, HEAD\r\n");
    expect(f, "message", "this path answers GET, HEAD");
}

static void
test_json(void **state)
{
    struct fake_exchange *f = *state;
    struct buf body;

    buf_init(&body, 4);
    buf_c(&body, "{}\n");
    begin(f);
    reply_json(&f->x, DIALECT_NATIVE, &body);
    assert_int_equal(f->status, 200);
    assert_string_equal(f->body, "{}\n");
    buf_c(&body, "more");
    begin(f);
    reply_json(&f->x, DIALECT_NATIVE, &body);
    assert_int_equal(f->status, 503);
    expect(f, "code", "overloaded");
    buf_fini(&body);
}

static int
set_up(void **state)
{
    *state = calloc(1, sizeof(struct fake_exchange));
    return *state == NULL;
}

static int
tear_down(void **state)
{
    free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_error),  cmocka_unit_test(test_message),
        cmocka_unit_test(test_long_message), cmocka_unit_test(test_extra),
        cmocka_unit_test(test_method),       cmocka_unit_test(test_json),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
