/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PUT of features over a store that answers when told to: what is asked of it,
 * what the client is told, and what is refused before anything is written.
 */
#include "lookup/api/native_put.h"

#include "tests/lookup/fake_exchange.h"
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define WHOLE "{\"features\":{\"age\":31,\"hour\":null,\"spent\":2.5}}"
#define PART  "{\"features\":{\"age\":31}}"
#define PATH  "/v1/t/u%201/features"

struct desk_of_one {
    struct sample sample;
    struct fake_store store;
    struct tables *tables;
    struct fake_exchange f;
};

static int
set_up(void **state)
{
    struct desk_of_one *d = calloc(1, sizeof(*d));

    CHECK(d != NULL);
    sample_init(&d->sample, 1);
    d->tables = sample_tables("t", 7, sample_generation(&d->sample, 1));
    *state = d;
    return 0;
}

static int
tear_down(void **state)
{
    struct desk_of_one *d = *state;

    tables_release(&d->tables);
    sample_fini(&d->sample);
    free(d);
    return 0;
}

static void
put(struct desk_of_one *d, const char *path, const char *body)
{
    const struct native_put p = {
        .store = &d->store.base,
        .prefix = "p",
        .timeout_ns = 50,
        .tables = d->tables,
    };

    fake_store_init(&d->store);
    fake_request(&d->f, HTTP_PUT, str_of(path), str_of(body));
    d->f.req.arrived_ns = 1000;
    assert_true(native_put_matches(&d->f.req));
    native_put_handle(&p, &d->f.x, &d->f.req);
}

static bool
matches(const char *path)
{
    struct fake_exchange *f = calloc(1, sizeof(*f));
    bool found;

    CHECK(f != NULL);
    fake_request(f, HTTP_GET, str_of(path), STR(""));
    found = native_put_matches(&f->req);
    free(f);
    return found;
}

static void
test_paths(void **state)
{
    (void)state;
    assert_true(matches("/v1/t/u/features"));
    assert_true(matches("/v1/t/u%2Fx/features?timeout_ms=1"));
    assert_false(matches("/v1/t/u"));
    assert_false(matches("/v1/t/features"));
    assert_false(matches("/v2/t/u/features"));
    assert_false(matches("/v1/t/u/feature"));
    assert_false(matches("/v1/t/u/features/x"));
}

static void
test_stored(void **state)
{
    struct desk_of_one *d = *state;

    put(d, PATH, WHOLE);
    assert_int_equal(d->store.n, 1);
    assert_int_equal(d->store.read[0].deadline_ns, 1050);
    fake_store_bytes(&d->store, 0, STR("16"));
    assert_string_equal(d->store.read[1].key, "p:t:superseded");
    assert_string_equal(d->store.read[1].field, "u 1");
    fake_store_bytes(&d->store, 1, STR("1800000000000000"));
    assert_int_equal(d->f.answered, 0);
    fake_store_integer(&d->store, 2, 1);
    assert_int_equal(d->f.answered, 1);
    assert_int_equal(d->f.status, 204);
    assert_false(d->f.has_body);
    assert_true(fake_has_header(&d->f, "Cache-Control: no-store"));
}

/* Without a stored row to lay them over. */
static void
test_missing(void **state)
{
    struct desk_of_one *d = *state;

    put(d, PATH, PART);
    fake_store_bytes(&d->store, 0, STR("16"));
    fake_store_nil(&d->store, 1);
    assert_true(fake_is_error(&d->f, 400, "missing_features"));
    assert_non_null(strstr(d->f.body, "\"missing\":[\"hour\",\"spent\"]"));
    assert_int_equal(d->store.n, 2);
}

static void
test_silence(void **state)
{
    struct desk_of_one *d = *state;

    put(d, PATH, WHOLE);
    fake_store_silence(&d->store, 0, RC_TIMEOUT);
    assert_true(fake_is_error(&d->f, 503, "store_unavailable"));
    assert_non_null(strstr(d->f.body, "may be sent again"));
}

/* Nothing is asked of the store. */
static void
check_refused(struct desk_of_one *d, const char *path, const char *body,
              int status, const char *code)
{
    put(d, path, body);
    assert_int_equal(d->store.calls, 0);
    if (!fake_is_error(&d->f, status, code)) {
        fail_msg("%s %s: %d %s, not %s", path, body, d->f.status, d->f.body,
                 code);
    }
}

static void
test_refused(void **state)
{
    static const struct {
        const char *path;
        const char *body;
        int status;
        const char *code;
    } t[] = {
        {"/v1/x/u/features", WHOLE, 404, "unknown_table"},
        {"/v1/t//features", WHOLE, 400, "empty_user"},
        {"/v1/t/%4/features", WHOLE, 400, "bad_path"},
        {"/v1/t/./features", WHOLE, 400, "bad_path"},
        {"/v1/t/%2e%2E/features", WHOLE, 400, "bad_path"},
        {PATH "?k=5", WHOLE, 400, "bad_parameter"},
        {PATH, "{", 400, "bad_json"},
        {PATH, "{\"features\":{\"x\":1}}", 400, "unknown_feature"},
        {PATH, "{\"features\":{\"age\":1},\"partial\":true}", 400, "bad_field"},
    };
    struct desk_of_one *d = *state;
    char path[2048];

    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        check_refused(d, t[i].path, t[i].body, t[i].status, t[i].code);
    }
    snprintf(path, sizeof(path), "/v1/t/%0513d/features", 1);
    check_refused(d, path, WHOLE, 414, "user_too_long");
    d->tables->view[0].live->storeless = true;
    check_refused(d, PATH, WHOLE, 501, "no_store");
    d->tables->view[0].live->storeless = false;
}

static void
test_method(void **state)
{
    struct desk_of_one *d = *state;
    const struct native_put p = {.store = &d->store.base, .prefix = "p"};

    fake_request(&d->f, HTTP_GET, STR(PATH), STR(""));
    native_put_handle(&p, &d->f.x, &d->f.req);
    assert_true(fake_is_error(&d->f, 405, "method_not_allowed"));
    assert_true(fake_has_header(&d->f, "Allow: PUT"));
}

/* Redis was not read yet: there are no tables. */
static void
test_no_tables(void **state)
{
    struct desk_of_one *d = *state;
    struct tables *t = d->tables;

    d->tables = NULL;
    check_refused(d, PATH, WHOLE, 503, "store_unavailable");
    d->tables = t;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),     cmocka_unit_test(test_stored),
        cmocka_unit_test(test_missing),   cmocka_unit_test(test_silence),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_method),
        cmocka_unit_test(test_no_tables),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
