/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What answers look like, for any id and any floats; asked for through the
 * dialect, so that ids take the way of a path.
 */
#include "lookup/api/native_render.h"
#include "tests/lookup/native_bench.h"

#define HEX "0123456789ABCDEF"

/* ------------------------------------------------------------------- ids */

static size_t
escape_all(struct str id, char *out)
{
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.p[i];

        out[3 * i] = '%';
        out[3 * i + 1] = HEX[c >> 4];
        out[3 * i + 2] = HEX[c & 15];
    }
    return 3 * id.len;
}

/* Ask for an id, every byte of it escaped, and answer 0.5. */
static void
ask_escaped(struct bench *b, struct str id)
{
    char path[2048] = "/v1/%74/";
    const float y = 0.5f;
    size_t n = b->ladder.store.n;

    send(b, HTTP_GET, (struct str){path, 8 + escape_all(id, path + 8)},
         NO_BODY);
    if (b->f.answered == 0) {
        assert_int_equal(b->ladder.store.n, n + 1);
        assert_true(str_eq(b->ladder.store.read[n].asked, id));
        answer_f32(b, n, &y, 1);
    }
}

/* Does the body hold this member? */
static bool
has(const struct bench *b, const char *text)
{
    return strstr(b->f.body, text) != NULL;
}

static void
test_every_byte(void **state)
{
    struct bench *b = *state;

    for (int c = 0; c < 256; c++) {
        char id = (char)c;
        char want[32];

        begin(b, (struct lookup_policy){0});
        ask_escaped(b, (struct str){&id, 1});
        if (c == '.') {
            assert_true(fake_is_error(&b->f, 400, "bad_path"));
        } else if (c >= 0x80) {
            assert_true(has(b, ",\"user_b64\":\""));
            assert_false(has(b, "\"user\":"));
        } else if (c >= ' ' && c != '"' && c != '\\' && c != 0x7f) {
            snprintf(want, sizeof(want), ",\"user\":\"%c\",", c);
            assert_true(has(b, want));
        } else {
            assert_true(has(b, ",\"user\":\""));
        }
        end(b, 1);
    }
}

static void
test_ids(void **state)
{
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    ask_escaped(b, STR("a/b?c=d#e f"));
    assert_true(has(b, ",\"user\":\"a/b?c=d#e f\","));
    ask_escaped(b, STR("\xc3\xa9\xf0\x9f\x98\x80"));
    assert_true(has(b, ",\"user\":\"\xc3\xa9\xf0\x9f\x98\x80\","));
    ask_escaped(b, STR("\"\\\n"));
    assert_true(has(b, ",\"user\":\"\\\"\\\\\\n\","));
    ask_escaped(b, STR("a\0b"));
    assert_true(has(b, ",\"user\":\"a\\u0000b\","));
    ask_escaped(b, STR("\xff\xfe"));
    assert_true(has(b, ",\"user_b64\":\"//4=\","));
    ask_escaped(b, STR("..."));
    assert_true(has(b, ",\"user\":\"...\","));
    send(b, HTTP_GET, STR("/v1/t/a+b%2Bc"), NO_BODY);
    assert_true(str_eq(b->ladder.store.read[6].asked, STR("a+b+c")));
    fake_store_bytes(&b->ladder.store, 6, STR("1234"));
    end(b, 7);
}

static void
test_longest_id(void **state)
{
    struct bench *b = *state;
    char id[513], path[8 + 513] = "/v1/t/";

    memset(id, 'x', sizeof(id));
    memcpy(path + 6, id, sizeof(id));
    begin(b, (struct lookup_policy){0});
    ask_escaped(b, (struct str){id, 512});
    assert_int_equal(b->f.status, 200);
    ask_escaped(b, (struct str){id, 513});
    assert_true(fake_is_error(&b->f, 414, "user_too_long"));
    send(b, HTTP_GET, (struct str){path, 6 + 513}, NO_BODY);
    assert_true(fake_is_error(&b->f, 414, "user_too_long"));
    end(b, 3);
}

/* ---------------------------------------------------------------- floats */

static void
test_floats(void **state)
{
    static const struct {
        float y;
        const char *text;
    } t[] = {
        {0.1f, "\"prediction\":0.1}\n"},
        {-0.0f, "\"prediction\":-0.0}\n"},
        {16777216, "\"prediction\":16777216}\n"},
        {1e-5f, "\"prediction\":1e-05}\n"},
        {NAN, "\"prediction\":null}\n"},
        {INFINITY, "\"prediction\":null}\n"},
        {-INFINITY, "\"prediction\":null}\n"},
    };
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        send(b, HTTP_GET, STR("/v1/t/u"), NO_BODY);
        answer_f32(b, i, &t[i].y, 1);
        assert_true(has(b, t[i].text));
    }
    end(b, sizeof(t) / sizeof(t[0]));
}

static void
test_several_outputs(void **state)
{
    struct bench *b = *state;
    struct sample one = b->ladder.sample;
    const float y[3] = {0.25f, NAN, 1};

    sample_init(&b->ladder.sample, 3);
    begin(b, (struct lookup_policy){0});
    send(b, HTTP_GET, STR("/v1/t/u"), NO_BODY);
    answer_f32(b, 0, y, 3);
    assert_true(has(b, "\"prediction\":[0.25,null,1]}\n"));
    send(b, HTTP_GET, STR("/v1/t/u"), NO_BODY);
    answer_f32(b, 1, y, 1);
    assert_true(fake_is_error(&b->f, 503, "table_unavailable"));
    end(b, 2);
    sample_fini(&b->ladder.sample);
    b->ladder.sample = one;
}

static void
test_marks(void **state)
{
    struct bench *b = *state;

    begin(b,
          (struct lookup_policy){.max_age_us = 1, .default_on_failure = true});
    b->ladder.live->info.as_of_us = 1000000;
    send(b, HTTP_GET, STR("/v1/t/u"), NO_BODY);
    fake_store_silence(&b->ladder.store, 0, RC_TIMEOUT);
    assert_int_equal(b->f.status, 200);
    assert_true(has(b, "\"source\":\"default\""));
    assert_true(has(b, ",\"stale\":true,\"degraded\":\"store\"}\n"));
    end(b, 1);
}

static void
test_etag_tells_records_apart(void **state)
{
    struct bench *b = *state;
    struct generation *g = sample_generation(&b->ladder.sample, 3);
    struct answer a = {
        .outcome = OUTCOME_PRECOMPUTED, .gen = g, .record = STR("1234")};
    char first[ETAG_MAX], second[ETAG_MAX];

    assert_int_equal(native_etag(&a, first), 35);
    assert_int_equal(native_etag(&a, second), 35);
    assert_string_equal(first, second);
    a.record = STR("1235");
    assert_int_equal(native_etag(&a, second), 35);
    assert_string_not_equal(first, second);
    for (int marks = 1; marks < 4; marks++) { /* else 304 would hide them */
        a.stale = marks & 1;
        a.degraded = marks & 2;
        memcpy(first, second, sizeof(first));
        assert_int_equal(native_etag(&a, second), 35);
        assert_string_not_equal(first, second);
    }
    a.outcome = OUTCOME_LIVE;
    assert_int_equal(native_etag(&a, second), 0);
    assert_false(native_etag_matches(STR("*"), (struct str){second, 0}));
    assert_false(native_etag_matches(NO_BODY, str_of(first)));
    generation_release(&g);
    sample_bury(&b->ladder.sample);
}

/* ---------------------------------------------------------------- tables */

static void
test_tables(void **state)
{
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    send(b, HTTP_GET, STR("/v1"), NO_BODY);
    assert_string_equal(b->f.body,
                        "{\"tables\":[{\"table\":\"t\",\"generation\":1,"
                        "\"as_of\":\"2026-11-22T02:00:00Z\"}]}\n");
    send(b, HTTP_GET, STR("/v1/t"), NO_BODY);
    assert_int_equal(b->f.status, 200);
    assert_true(has(b, "{\"table\":\"t\",\"generation\":1,\"uid\":\""));
    assert_true(has(b, "\"rows\":40,\"outputs\":1,"));
    assert_true(has(b, "\"features\":[\"age\",\"hour\",\"spent\"]}\n"));
    assert_true(fake_has_header(&b->f, "Cache-Control: no-store"));
    end(b, 0);
}

static void
test_table_without_generation(void **state)
{
    struct bench *b = *state;
    struct tables *t = sample_tables("t", 1, NULL);

    begin(b, (struct lookup_policy){0});
    lookup_set_tables(b->ladder.lookup, t);
    send(b, HTTP_GET, STR("/v1"), NO_BODY);
    assert_true(has(b, "[{\"table\":\"t\",\"generation\":null}]"));
    send(b, HTTP_GET, STR("/v1/t"), NO_BODY);
    assert_string_equal(b->f.body, "{\"table\":\"t\",\"generation\":null}\n");
    send(b, HTTP_GET, STR("/v1/t/u"), NO_BODY);
    assert_true(fake_is_error(&b->f, 503, "table_unavailable"));
    assert_true(has(b, "no generation is live yet"));
    snprintf(t->view[0].problem, sizeof(t->view[0].problem), "a \"reason\"");
    send(b, HTTP_GET, STR("/v1/t"), NO_BODY);
    assert_true(has(b, ",\"problem\":\"a \\\"reason\\\"\"}\n"));
    send(b, HTTP_GET, STR("/v1/t/u"), NO_BODY);
    assert_true(has(b, "a \\\"reason\\\""));
    end(b, 2);
}

/* Only a list that is known to be today's proves that a table is not. */
static void
test_tables_unknown(void **state)
{
    struct bench *b = *state;
    struct tables *t = sample_tables("t", LADDER_SEQ, NULL);

    begin(b, (struct lookup_policy){0});
    t->store_ok = false;
    t->view[0].live = sample_generation(&b->ladder.sample, 1);
    lookup_set_tables(b->ladder.lookup, t);
    send(b, HTTP_GET, STR("/v1/other"), NO_BODY);
    assert_true(fake_is_error(&b->f, 503, "store_unavailable"));
    send(b, HTTP_GET, STR("/v1/other/u"), NO_BODY);
    assert_true(fake_is_error(&b->f, 503, "store_unavailable"));
    send(b, HTTP_GET, STR("/v1/t/u"), NO_BODY);
    fake_store_bytes(&b->ladder.store, 0, STR("1234"));
    assert_int_equal(b->f.status, 200);
    end(b, 2);
}

static void
test_before_the_first_list(void **state)
{
    struct bench *b = *state;

    begin(b, (struct lookup_policy){0});
    lookup_set_tables(b->ladder.lookup, NULL);
    send(b, HTTP_GET, STR("/v1"), NO_BODY);
    assert_true(fake_is_error(&b->f, 503, "store_unavailable"));
    send(b, HTTP_GET, STR("/v1/t/u"), NO_BODY);
    assert_true(fake_is_error(&b->f, 503, "store_unavailable"));
    end(b, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_longest_id),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_several_outputs),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_etag_tells_records_apart),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_table_without_generation),
        cmocka_unit_test(test_tables_unknown),
        cmocka_unit_test(test_before_the_first_list),
    };

    return cmocka_run_group_tests(tests, bench_set_up, ladder_tear_down);
}
