/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/metrics_tables.h"

#include "lookup/core/feature_rows.h"
#include "tests/support/sample.h"
#include "tests/support/small_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TEXT_MAX 16384

/* Its lines that are no comments, but for the ages, which pass. */
static void
check(struct buf *out, const char *lines)
{
    struct str rest = buf_view(out);
    struct buf got;

    assert_false(buf_failed(out));
    buf_init(&got, TEXT_MAX);
    while (rest.len > 0) {
        struct str line = str_cut(&rest, '\n');

        if (line.len > 0 && line.p[0] != '#' &&
            memmem(line.p, line.len, "_age_", 5) == NULL) {
            buf_str(&got, line);
            buf_char(&got, '\n');
        }
    }
    buf_char(&got, '\0');
    assert_string_equal(got.p, lines);
    buf_fini(&got);
    buf_clear(out);
}

static void
test_tables(void **state)
{
    struct sample s;
    struct lookup_stats *stats = calloc(1, sizeof(*stats));
    struct tables *t = tables_create(2);
    char expected[1024];
    struct buf out;

    (void)state;
    CHECK(stats != NULL && t != NULL);
    sample_init(&s, 1);
    buf_init(&out, TEXT_MAX);
    memcpy(t->view[0].name, "a", 2);
    memcpy(t->view[1].name, "t", 2);
    t->view[0].id = 2;
    t->view[1].id = 1;
    atomic_store(&stats->superseded[1], 5);
    metrics_tables_render(&out, t, stats);
    assert_null(memmem(out.p, out.len, "_age_seconds{", 13));
    check(&out, "lookup_generation{table=\"a\"} 0\n"
                "lookup_generation{table=\"t\"} 0\n"
                "lookup_superseded_users{table=\"a\"} 0\n"
                "lookup_superseded_users{table=\"t\"} 5\n");

    t->view[1].live = sample_generation(&s, 3);
    t->view[1].live->snapshot = small_snapshot(40, 2, false);
    t->view[1].rows = feature_rows_create(small_snapshot(7, 1, false));
    metrics_tables_render(&out, t, stats);
    assert_non_null(memmem(out.p, out.len, "_age_seconds{table=\"t\"}", 23));
    snprintf(expected, sizeof(expected),
             "lookup_generation{table=\"a\"} 0\n"
             "lookup_generation{table=\"t\"} 3\n"
             "lookup_snapshot_users{table=\"t\"} 40\n"
             "lookup_snapshot_bytes{table=\"t\"} %zu\n"
             "lookup_superseded_users{table=\"a\"} 0\n"
             "lookup_superseded_users{table=\"t\"} 5\n"
             "lookup_feature_rows{table=\"t\"} 7\n",
             snapshot_bytes(generation_snapshot(t->view[1].live)));
    check(&out, expected);
    tables_release(&t);
    buf_fini(&out);
    sample_fini(&s);
    free(stats);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
