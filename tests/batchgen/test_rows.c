/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/rows.h"

#include "batchgen/sink_keep.h"
#include "common/base/number.h"
#include "common/table/record.h"

#include "tests/support/named_csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* Not libxgboost: outputs are a + 2b and -a. */
static enum rc
fake_score(const struct scorer *s, const float *x, size_t nrow, float *y)
{
    (void)s;
    for (size_t i = 0; i < nrow; i++) {
        y[2 * i] = x[2 * i] + 2 * x[2 * i + 1];
        y[2 * i + 1] = -x[2 * i];
    }
    return RC_OK;
}

static const struct scorer_ops fake_ops = {.name = "fake", .score = fake_score};
static const struct scorer fake = {&fake_ops, 2, 2};

struct bench {
    struct row_plan *plan;
    struct source source;
    struct sink_keep sink;
    struct recipe recipe;
    struct rows *rows;
    struct chunk *chunk;
};

static void
set_up(struct bench *b, const struct scorer *scorer, bool with_features)
{
    const struct str name[] = {STR("a"), STR("b")};
    struct schema *s;

    assert_int_equal(schema_create(&s, name, 2, NULL), RC_OK);
    *b = (struct bench){.source = {.path = (char *)"in.csv"}};
    assert_int_equal(
        row_plan_create(&b->plan, NAMED_CSV(s, NULL), STR("id,b,a"), NULL),
        RC_OK);
    schema_destroy(&s);
    assert_int_equal(sink_keep_init(&b->sink, RECORD_F32,
                                    scorer == NULL ? 0 : 2, 2, with_features,
                                    77),
                     RC_OK);
    b->recipe = (struct recipe){&b->plan, scorer,        NULL,
                                2,        &b->sink.sink, ROWS_BAD_SKIP};
    b->rows = rows_create(&b->recipe);
    b->chunk = chunk_create();
    b->chunk->source = &b->source;
    b->chunk->line = 10;
    b->chunk->offset = 1000;
}

static void
tear_down(struct bench *b)
{
    chunk_destroy(&b->chunk);
    sink_keep_fini(&b->sink);
    rows_destroy(&b->rows);
    row_plan_destroy(&b->plan);
}

static void
take(struct bench *b, const char *text)
{
    buf_clear(&b->chunk->data);
    buf_c(&b->chunk->data, text);
    b->chunk->quoted = strchr(text, '"') != NULL;
    assert_int_equal(rows_of_chunk(b->rows, b->chunk, NULL), RC_OK);
}

/* Payload of the one row of a keep made of the chunk. */
static void
payload_of_only_row(struct bench *b, struct str user, char *out, size_t size)
{
    struct keep *k = keep_create();
    struct str found;
    struct str payload;

    assert_int_equal(keep_add(k, &b->chunk->rows, b->chunk->nrow), RC_OK);
    assert_int_equal(keep_group(k, 1, NULL), RC_OK);
    assert_int_equal(keep_rows(k), 1);
    keep_row(k, 0, 0, &found, &payload);
    assert_true(str_eq(found, user));
    assert_int_equal(payload.len, size);
    memcpy(out, payload.p, size);
    keep_destroy(&k);
}

static void
payload_is_record_then_features(void **state)
{
    char payload[8 + 16];
    struct bench b;
    float y[2], x[2];
    uint64_t stamp;

    (void)state;
    set_up(&b, &fake, true);
    assert_int_equal(b.sink.record_size, 8);
    assert_int_equal(b.sink.features_size, 16);
    take(&b, "ann,3,0.5\r\n");
    payload_of_only_row(&b, STR("ann"), payload, sizeof(payload));
    assert_int_equal(record_get_f32((struct str){payload, 8}, y, 2), RC_OK);
    assert_true(y[0] == 6.5f && y[1] == -0.5f);
    assert_int_equal(
        record_get_features((struct str){payload + 8, 16}, &stamp, x, 2),
        RC_OK);
    assert_true(stamp == 77 && x[0] == 0.5f && x[1] == 3.0f);
    tear_down(&b);
}

static void
features_alone(void **state)
{
    char payload[16];
    struct bench b;
    float x[2];
    uint64_t stamp;

    (void)state;
    set_up(&b, NULL, true);
    assert_int_equal(b.sink.record_size, 0);
    take(&b, "\"a\"\"n\nn\",1,2");
    payload_of_only_row(&b, STR("a\"n\nn"), payload, sizeof(payload));
    assert_int_equal(
        record_get_features((struct str){payload, 16}, &stamp, x, 2), RC_OK);
    assert_true(x[0] == 2.0f && x[1] == 1.0f);
    tear_down(&b);
}

static void
bad_rows_are_described(void **state)
{
    struct bench b;

    (void)state;
    set_up(&b, &fake, false);
    take(&b, "u1,1,2\n"
             "\n"
             "u2,x,\"y\n\"\n"
             "u3,1\n"
             ",1,2\n"
             "u4,1,2\n");
    assert_int_equal(b.chunk->read, 5);
    assert_int_equal(b.chunk->nrow, 2);
    assert_int_equal(b.chunk->rejected, 3);
    assert_int_equal(b.chunk->longest_id, 2);
    buf_char(&b.chunk->rejects, '\0');
    assert_non_null(strstr(b.chunk->rejects.p, "\"in.csv\",12,1008,"));
    assert_non_null(strstr(b.chunk->rejects.p, "\"u2,x,\"\"y\n\"\"\"\n"));
    assert_non_null(strstr(b.chunk->rejects.p, "\"in.csv\",14,1018,"));
    assert_non_null(strstr(b.chunk->rejects.p, "\"in.csv\",15,1023,"));
    take(&b, "u5,1,2\n");
    assert_int_equal(b.chunk->rejected, 0);
    assert_int_equal(b.chunk->rejects.len, 0);
    tear_down(&b);
}

/* More rows than are scored at once. */
static void
many_rows(void **state)
{
    struct keep *k = keep_create();
    struct bench b;
    struct buf text;

    (void)state;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 5000; i++) {
        buf_printf(&text, "%d,%d,1\n", i, i);
    }
    buf_char(&text, '\0');
    set_up(&b, &fake, false);
    take(&b, text.p);
    assert_int_equal(b.chunk->nrow, 5000);
    assert_int_equal(keep_add(k, &b.chunk->rows, 5000), RC_OK);
    assert_int_equal(keep_group(k, 1, NULL), RC_OK);
    for (size_t i = 0; i < 5000; i++) {
        struct str user;
        struct str payload;
        uint64_t number;
        float y[2];

        keep_row(k, 0, i, &user, &payload);
        assert_true(number_parse_u64(user, &number));
        memcpy(y, payload.p, sizeof(y));
        assert_true(y[0] == 1 + 2 * (float)number && y[1] == -1);
    }
    tear_down(&b);
    keep_destroy(&k);
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payload_is_record_then_features),
        cmocka_unit_test(features_alone),
        cmocka_unit_test(bad_rows_are_described),
        cmocka_unit_test(many_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
