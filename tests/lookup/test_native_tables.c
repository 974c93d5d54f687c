/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native_tables.h"

#include "tests/support/sample.h"
#include "tests/support/small_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TEXT_MAX 4096
#define NOW_US   (SAMPLE_AS_OF_US + 90000000)

static void
check(struct buf *out, const char *text)
{
    buf_char(out, '\0');
    assert_false(buf_failed(out));
    assert_string_equal(out->p, text);
    buf_clear(out);
}

/* "a" has nothing to answer from and says why; "t" has a generation. */
static struct tables *
two_tables(struct sample *s)
{
    struct tables *t = tables_create(2);

    CHECK(t != NULL);
    memcpy(t->view[0].name, "a", 2);
    snprintf(t->view[0].problem, sizeof(t->view[0].problem), "is \"lost\"");
    memcpy(t->view[1].name, "t", 2);
    t->view[1].live = sample_generation(s, 3);
    return t;
}

static void
test_list(void **state)
{
    struct sample s;
    struct tables *none = tables_create(0), *two;
    struct buf out;

    (void)state;
    sample_init(&s, 1);
    two = two_tables(&s);
    buf_init(&out, TEXT_MAX);
    native_tables_render(&out, none);
    check(&out, "{\"tables\":[]}\n");
    native_tables_render(&out, two);
    check(&out, "{\"tables\":[{\"table\":\"a\",\"generation\":null},"
                "{\"table\":\"t\",\"generation\":3,"
                "\"as_of\":\"2026-11-22T02:00:00Z\"}]}\n");
    buf_fini(&out);
    tables_release(&none);
    tables_release(&two);
    sample_fini(&s);
}

/* One with a generation, before and after its records are in memory. */
static void
test_one(void **state)
{
    struct sample s;
    struct tables *t;
    struct generation *g;
    struct buf out, want;

    (void)state;
    sample_init(&s, 1);
    t = two_tables(&s);
    g = t->view[1].live;
    buf_init(&out, TEXT_MAX);
    buf_init(&want, TEXT_MAX);
    for (int warm = 0; warm < 2; warm++) {
        buf_c(&want, "{\"table\":\"t\",\"generation\":3,"
                     "\"uid\":\"00000000000000a3\",\"kind\":\"score\","
                     "\"as_of\":\"2026-11-22T02:00:00Z\",\"age_seconds\":90,"
                     "\"created\":\"2026-11-22T02:00:00Z\",\"rows\":40,"
                     "\"outputs\":1,\"snapshot\":");
        if (warm) {
            g->snapshot = small_snapshot(40, 1, false);
            buf_printf(&want, "{\"users\":40,\"bytes\":%zu}",
                       snapshot_bytes(g->snapshot));
        } else {
            buf_c(&want, "null");
        }
        buf_printf(&want,
                   ",\"objective\":\"binary:logistic\",\"iterations\":\"0:2\","
                   "\"scorer\":\"%s\",\"model_sha256\":\"%s\","
                   "\"schema_id\":\"%s\",\"features\":" SAMPLE_SCHEMA "}\n",
                   scorer_name(g->scorer), g->info.model_sha256,
                   g->info.schema_id);
        buf_char(&want, '\0');
        native_tables_render_one(&out, &t->view[1], NOW_US);
        check(&out, want.p);
        buf_clear(&want);
    }
    native_tables_render_one(&out, &t->view[0], NOW_US);
    check(&out, "{\"table\":\"a\",\"generation\":null,"
                "\"problem\":\"is \\\"lost\\\"\"}\n");
    buf_fini(&out);
    buf_fini(&want);
    tables_release(&t);
    sample_fini(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
