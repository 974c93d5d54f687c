/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/admin_page.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "tests/support/sample.h"
#include "tests/support/small_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TEXT_MAX 100000

/* The page in a buffer that is used again; ends with NUL. */
static const char *
render(struct buf *out, const struct admin_page *page)
{
    buf_clear(out);
    admin_page_render(out, page);
    buf_char(out, '\0');
    assert_false(buf_failed(out));
    return buf_view(out).p;
}

static void
assert_shows(const char *text, const char *what)
{
    if (strstr(text, what) == NULL) {
        fail_msg("no %s in %s", what, text);
    }
}

static void
test_state(void **state)
{
    struct admin_page page = {.ready = true, .said = STR("ready\n")};
    struct buf out;

    (void)state;
    buf_init(&out, TEXT_MAX);
    assert_shows(render(&out, &page),
                 "<div class=\"state ready\"><strong>ready</strong></div>");
    assert_shows(render(&out, &page), "There are none yet.");
    page.said = STR("degraded\nredis <x>\nold\n");
    assert_shows(render(&out, &page),
                 "<div class=\"state degraded\"><strong>degraded</strong>"
                 "<br>redis &lt;x><br>old</div>");
    page.ready = false;
    page.said = STR("a & b\n");
    assert_shows(render(&out, &page),
                 "<div class=\"state down\"><strong>not ready</strong>"
                 "<br>a &amp; b</div>");
    buf_fini(&out);
}

/* One row, of a generation of so many users and that age; < 0: ahead of us. */
static void
check_row(struct sample *sample, uint64_t rows, int64_t age_s,
          const char *count, const char *age)
{
    struct generation *g = sample_generation(sample, 12);
    struct tables *t = sample_tables("t", 1, g);
    struct admin_page page = {.tables = t};
    char cells[128];
    struct buf out;

    buf_init(&out, TEXT_MAX);
    g->info.rows = rows;
    g->info.as_of_us = clock_wall_us() - (uint64_t)(age_s * 1000000);
    snprintf(cells, sizeof(cells),
             "<td>t</td><td class=\"n\">12</td><td class=\"n\">%s</td>"
             "<td class=\"n\">none</td><td>",
             count);
    assert_shows(render(&out, &page), cells);
    snprintf(cells, sizeof(cells), "</td><td class=\"n\">%s</td>", age);
    assert_shows(render(&out, &page), cells);
    buf_fini(&out);
    tables_release(&t);
}

static void
test_numbers(void **state)
{
    struct sample sample;

    (void)state;
    sample_init(&sample, 1);
    check_row(&sample, 7, -60, "7", "0 s");
    check_row(&sample, 999, 150, "999", "2 min");
    check_row(&sample, 1000, 7000, "1,000", "116 min");
    check_row(&sample, 123456, 7300, "123,456", "2 hours");
    check_row(&sample, 1234567, 200000, "1,234,567", "2 days");
    sample_fini(&sample);
}

/* With its snapshot, while that is read, and with nothing at all. */
static void
test_tables(void **state)
{
    struct sample sample;
    struct tables *t = tables_create(3);
    struct admin_page page = {.tables = t};
    struct buf out;

    (void)state;
    buf_init(&out, TEXT_MAX);
    sample_init(&sample, 1);
    memcpy(t->view[0].name, "a", 2);
    memcpy(t->view[1].name, "b", 2);
    memcpy(t->view[2].name, "c", 2);
    t->view[0].live = sample_generation(&sample, 1);
    t->view[0].live->snapshot = small_snapshot(1500, 32, false);
    t->view[1].live = sample_generation(&sample, 2);
    t->view[1].warming = true;
    snprintf(t->view[2].problem, sizeof(t->view[2].problem), "<b> & \"c\"");
    assert_shows(render(&out, &page), "<td class=\"n\">1,500</td>");
    assert_shows(render(&out, &page), "<td class=\"n\">being read</td>");
    assert_shows(render(&out, &page),
                 "<td>c</td><td colspan=\"6\">nothing is live</td>"
                 "<td>&lt;b> &amp; \"c\"</td></tr>");
    tables_release(&t);
    sample_fini(&sample);
    buf_fini(&out);
}

static void
test_log(void **state)
{
    struct admin_page page = {.ready = true, .said = STR("ready\n")};
    struct buf out;

    (void)state;
    buf_init(&out, TEXT_MAX);
    log_warn("table <t>: %s", "this & that");
    assert_shows(render(&out, &page), "table &lt;t>: this &amp; that\n</pre>");
    buf_fini(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
