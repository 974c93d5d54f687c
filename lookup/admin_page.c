/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/admin_page.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/version.h"
#include "common/table/snapshot.h"
#include "lookup/core/generation.h"

#include <inttypes.h>
#include <stdio.h>

#define LOG_MAX (1024 * 1024)

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>lookup</title>\n<style>\n"
    ":root{color-scheme:light dark}\n"
    "body{font:15px/1.5 sans-serif;max-width:72em;margin:2em auto;"
    "padding:0 1em}\n"
    "h1{font-size:1.4em}\n"
    "h2{font-size:1.1em;margin-top:1.6em}\n"
    "h1 small{font-weight:normal;opacity:.6}\n"
    ".state{border-left:.4em solid;padding:.2em 1em}\n"
    ".ready{border-color:#2a8a4a}\n"
    ".degraded{border-color:#c98a00}\n"
    ".down{border-color:#c33}\n"
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse}\n"
    "td,th{padding:.3em 1.2em .3em 0;text-align:left;vertical-align:top;"
    "border-bottom:1px solid #8884}\n"
    "td,th{white-space:nowrap}\n"
    "td:last-child{white-space:normal}\n"
    ".n{text-align:right;font-variant-numeric:tabular-nums}\n"
    "pre{background:#8881;padding:1em;overflow-x:auto}\n"
    "</style>\n"
    "<h1>lookup <small>" LOOKUP_VERSION "</small></h1>\n";

/* Nothing shown here comes from a request, only names and our own words. */
static void
put_escaped(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.p[i]) {
        case '<':
            buf_c(out, "&lt;");
            break;
        case '&':
            buf_c(out, "&amp;");
            break;
        default:
            buf_char(out, text.p[i]);
        }
    }
}

/* Its first line is the state, unless that is "not ready", and all is why. */
static void
put_state(struct buf *out, const struct admin_page *page)
{
    struct str why = page->said;
    struct str state = page->ready ? str_cut(&why, '\n') : STR("not ready");

    struct str color = page->ready ? state : STR("down");

    buf_printf(out, "<div class=\"state %.*s\"><strong>%.*s</strong>",
               STR_ARG(color), STR_ARG(state));
    while (why.len > 0) {
        buf_c(out, "<br>");
        put_escaped(out, str_cut(&why, '\n'));
    }
    buf_c(out, "</div>\n");
}

/* 1234567 as 1,234,567. */
static void
put_count(struct buf *out, uint64_t n)
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) {
            buf_char(out, ',');
        }
        buf_char(out, digits[i]);
    }
}

/* In the largest unit there are two of. */
static void
put_age(struct buf *out, uint64_t seconds)
{
    static const struct {
        const char *name;
        uint64_t seconds;
    } units[] = {{"days", 86400}, {"hours", 3600}, {"min", 60}, {"s", 1}};
    size_t i = 0;

    while (units[i].seconds > 1 && seconds < 2 * units[i].seconds) {
        i++;
    }
    buf_printf(out, "%" PRIu64 " %s", seconds / units[i].seconds,
               units[i].name);
}

static void
put_memory(struct buf *out, const struct table_view *view)
{
    const struct snapshot *s = generation_snapshot(view->live);

    if (s != NULL) {
        put_count(out, snapshot_users(s));
    } else {
        buf_c(out, view->warming ? "being read" : "none");
    }
}

static void
put_generation(struct buf *out, const struct table_view *view)
{
    const struct generation *g = view->live;
    uint64_t now_us = clock_wall_us();
    uint64_t as_of_us = g->info.as_of_us;

    buf_printf(out, "<td class=\"n\">%" PRIu64 "</td><td class=\"n\">",
               g->number);
    put_count(out, g->info.rows);
    buf_c(out, "</td><td class=\"n\">");
    put_memory(out, view);
    buf_printf(out, "</td><td>%s</td><td class=\"n\">", g->as_of);
    put_age(out, now_us > as_of_us ? (now_us - as_of_us) / 1000000 : 0);
    buf_printf(out, "</td><td>%s</td>", scorer_name(g->scorer));
}

static void
put_tables(struct buf *out, const struct tables *t)
{
    buf_c(out, "<div class=\"scroll\"><table>\n<tr><th>table</th>"
               "<th class=\"n\">generation</th><th class=\"n\">users</th>"
               "<th class=\"n\">in memory</th><th>as of</th>"
               "<th class=\"n\">age</th><th>scored by</th><th>problem</th>"
               "</tr>\n");
    for (size_t i = 0; i < t->n; i++) {
        const struct table_view *view = &t->view[i];

        buf_printf(out, "<tr><td>%s</td>", view->name);
        if (view->live != NULL) {
            put_generation(out, view);
        } else {
            buf_c(out, "<td colspan=\"6\">nothing is live</td>");
        }
        buf_c(out, "<td>");
        put_escaped(out, str_of(view->problem));
        buf_c(out, "</td></tr>\n");
    }
    buf_c(out, "</table></div>\n");
}

static void
put_log(struct buf *out)
{
    struct buf lines;

    buf_init(&lines, LOG_MAX);
    log_recent(&lines);
    buf_c(out, "<h2>Logged last</h2>\n<pre>");
    put_escaped(out, buf_view(&lines));
    buf_c(out, "</pre>\n");
    buf_fini(&lines);
}

void
admin_page_render(struct buf *out, const struct admin_page *page)
{
    buf_c(out, head);
    put_state(out, page);
    buf_c(out, "<h2>Tables</h2>\n");
    if (page->tables != NULL && page->tables->n > 0) {
        put_tables(out, page->tables);
    } else {
        buf_c(out, "<p>There are none yet.</p>\n");
    }
    buf_c(out, "<p><a href=\"/metrics\">/metrics</a> &middot; "
               "<a href=\"/health/ready\">/health/ready</a></p>\n");
    put_log(out);
}
