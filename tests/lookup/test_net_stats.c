/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/net_stats.h"

#include "common/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Too large for a stack. */
#define SECOND UINT64_C(1000000000)

static struct net_stats *
stats_create(void)
{
    struct net_stats *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    return s;
}

static void
stats_destroy(struct net_stats *s)
{
    net_stats_fini(s);
    free(s);
}

static void
count(struct net_stats *s)
{
    uint64_t now_ns = clock_mono_ns();

    counter_add(&s->accepted, 3);
    counter_add(&s->accept_errors, 1);
    counter_add(&s->closed[NET_CLOSED_IDLE], 1);
    counter_add(&s->received_bytes, 10);
    counter_add(&s->sent_bytes, 20);
    net_stats_request(s, DIALECT_NATIVE, 200, (struct about){7, 1}, now_ns);
    net_stats_request(s, DIALECT_NATIVE, 200, (struct about){7, 2}, now_ns);
    net_stats_request(s, DIALECT_NATIVE, 200, (struct about){8, 1}, now_ns);
    net_stats_request(s, DIALECT_RESP, 404, (struct about){0, 0}, now_ns);
    net_stats_settle(s);
}

static void
assert_line(const struct buf *out, const char *line)
{
    if (memmem(out->p, out->len, line, strlen(line)) == NULL) {
        fail_msg("\"%s\" is not in\n%.*s", line, STR_ARG(buf_view(out)));
    }
}

static void
test_sum_of_two(void **state)
{
    static const char *const expected[] = {
        "\nlookup_connections_accepted_total 6\n",
        "\nlookup_accept_errors_total 2\n",
        "\nlookup_connections_closed_total{reason=\"idle\"} 2\n",
        "\nlookup_connections_closed_total{reason=\"client\"} 0\n",
        "\nlookup_connections 4\n",
        "\nlookup_received_bytes_total 20\n",
        "\nlookup_sent_bytes_total 40\n",
        "\nlookup_requests_total{dialect=\"native\",code=\"200\"} 6\n",
        "\nlookup_requests_total{dialect=\"resp\",code=\"404\"} 2\n",
        "\nlookup_request_seconds_count{dialect=\"native\",table=\"t\","
        "source=\"precomputed\"} 2\n",
        "\nlookup_request_seconds_count{dialect=\"native\",table=\"t\","
        "source=\"live\"} 2\n",
        "\nlookup_request_seconds_bucket{dialect=\"resp\",table=\"\","
        "source=\"\",le=\"+Inf\"} 2\n",
    };
    struct net_stats *one = stats_create(), *two = stats_create();
    struct net_stats *sum = stats_create();
    struct tables *t = tables_create(1);
    struct buf out;

    (void)state;
    assert_non_null(t);
    t->view[0].id = 7;
    t->view[0].name[0] = 't';
    count(one);
    count(two);
    net_stats_add_connections(sum, one);
    net_stats_add_connections(sum, two);
    net_stats_add_requests(sum, one);
    net_stats_add_requests(sum, two);
    buf_init(&out, 1 << 20);
    net_stats_render(sum, t, &out);
    assert_false(buf_failed(&out));
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        assert_line(&out, expected[i]);
    }
    buf_fini(&out);
    tables_release(&t);
    stats_destroy(one);
    stats_destroy(two);
    stats_destroy(sum);
}

/* Another table under its id begins with nothing. */
static void
test_table_is_gone(void **state)
{
    static const char series[] = "\nlookup_request_seconds_count{dialect="
                                 "\"native\",table=\"u\"";
    static const char none[] = "source=\"precomputed\"} 0\n";
    struct net_stats *s = stats_create();
    struct tables *t = tables_create(1), *u = tables_create(1);
    struct buf out;

    (void)state;
    assert_true(t != NULL && u != NULL);
    t->view[0].id = u->view[0].id = 7;
    t->view[0].name[0] = 't';
    u->view[0].name[0] = 'u';
    count(s);
    net_stats_set_tables(s, NULL, t);
    net_stats_set_tables(s, t, t);
    assert_int_equal(hist_count(s->duration[DIALECT_NATIVE][7][1]), 1);
    net_stats_set_tables(s, t, u);
    buf_init(&out, 1 << 20);
    net_stats_render(s, u, &out);
    assert_line(&out, series);
    assert_line(&out, none);
    assert_int_equal(hist_count(s->duration[DIALECT_NATIVE][8][1]), 1);
    net_stats_set_tables(s, u, NULL);
    buf_fini(&out);
    tables_release(&t);
    tables_release(&u);
    stats_destroy(s);
}

/* Counted at once, timed when they leave, however many kinds there are. */
static void
test_settle(void **state)
{
    const size_t kinds = 3 * NET_UNSETTLED_MAX / 2;
    struct net_stats *s = stats_create();
    const struct about about = {7, 1};
    uint64_t begin_ns = clock_mono_ns() - SECOND;
    const struct hist *h;

    (void)state;
    for (int i = 0; i < 16; i++) {
        net_stats_request(s, DIALECT_RESP, 200, about, begin_ns);
    }
    h = s->duration[DIALECT_RESP][7][1];
    assert_int_equal(counter_get(&s->request[DIALECT_RESP][100]), 16);
    assert_int_equal(hist_count(h), 0);
    assert_int_equal(s->nunsettled, 1);
    net_stats_settle(s);
    net_stats_settle(s);
    assert_int_equal(hist_count(h), 16);
    assert_int_equal(hist_count_le(h, SECOND / 2), 0);
    for (size_t i = 0; i < kinds; i++) {
        net_stats_request(s, DIALECT_RESP, 200, about, i);
    }
    net_stats_settle(s);
    assert_int_equal(hist_count(h), 16 + kinds);
    stats_destroy(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum_of_two),
        cmocka_unit_test(test_table_is_gone),
        cmocka_unit_test(test_settle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
