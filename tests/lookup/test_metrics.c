/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/metrics.h"

#include "common/base/clock.h"

#include "tests/lookup/fake_workers.h"
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BODY_MAX (1 << 20)

struct page {
    struct worker *worker[FAKE_WORKERS];
    size_t admin; /* which of them is the admin front, or none */
    struct buf text;
};

static void
begin(struct page *p)
{
    fake_workers_init(p->worker);
    p->admin = FAKE_WORKERS;
    buf_init(&p->text, BODY_MAX);
}

static void
end(struct page *p)
{
    buf_fini(&p->text);
    fake_workers_fini(p->worker);
}

static void
render(struct page *p, const struct tables *t)
{
    struct metrics_source source[FAKE_WORKERS];

    buf_clear(&p->text);

    for (size_t i = 0; i < FAKE_WORKERS; i++) {
        struct worker *w = p->worker[i];

        source[i] = (struct metrics_source){&w->lookup, &w->net, &w->store,
                                            i == p->admin};
    }
    metrics_render(&p->text, source, FAKE_WORKERS, t);
    buf_char(&p->text, '\0');
    assert_false(buf_failed(&p->text));
}

/* Is that line there, once? */
static bool
has_line(const struct page *p, const char *line)
{
    char want[512];
    int n = snprintf(want, sizeof(want), "\n%s\n", line);
    const char *at = strstr(p->text.p, want);

    return at != NULL && strstr(at + n - 1, want) == NULL;
}

static void
test_sums_over_workers(void **state)
{
    struct tables *t = sample_tables("churn", 1, NULL);
    struct page p;

    (void)state;
    begin(&p);
    for (size_t i = 0; i < FAKE_WORKERS; i++) {
        struct worker *w = p.worker[i];

        counter_add(&w->lookup.answers[1][DIALECT_NATIVE][OUTCOME_LIVE], 2);
        counter_add(&w->lookup.answers[0][DIALECT_NATIVE][OUTCOME_ERROR], 3);
        counter_add(&w->lookup.second_looks, 5);
        counter_add(&w->store.commands, 7);
        hist_record(&w->lookup.scoring, 1000);
    }
    render(&p, t);
    assert_true(has_line(&p, "lookup_answers_total{table=\"churn\",dialect="
                             "\"native\",outcome=\"live\"} 4"));
    assert_true(has_line(&p, "lookup_answers_total{table=\"churn\",dialect="
                             "\"native\",outcome=\"precomputed\"} 0"));
    assert_true(has_line(&p, "lookup_answers_total{table=\"\",dialect="
                             "\"native\",outcome=\"error\"} 6"));
    assert_null(strstr(p.text.p, "dialect=\"resp\""));
    assert_true(has_line(&p, "lookup_second_looks_total 10"));
    assert_true(has_line(&p, "lookup_store_commands_total 14"));
    assert_true(has_line(&p, "lookup_scoring_seconds_count 2"));
    tables_release(&t);
    end(&p);
}

/* Its requests count, its connections are nobody's business. */
static void
test_admin_front(void **state)
{
    struct page p;

    (void)state;
    begin(&p);
    p.admin = 1;
    for (size_t i = 0; i < FAKE_WORKERS; i++) {
        counter_add(&p.worker[i]->net.accepted, 2);
        net_stats_request(&p.worker[i]->net, DIALECT_ADMIN, 204,
                          (struct about){0, 0}, clock_mono_ns());
    }
    render(&p, NULL);
    assert_true(has_line(&p, "lookup_connections_accepted_total 2"));
    assert_true(has_line(&p, "lookup_requests_total{dialect=\"admin\",code="
                             "\"204\"} 2"));
    end(&p);
}

static void
test_tables(void **state)
{
    struct tables *t;
    struct sample s;
    struct page p;

    (void)state;
    begin(&p);
    sample_init(&s, 1);
    t = sample_tables("churn", 1, sample_generation(&s, 9));
    render(&p, t);
    assert_true(has_line(&p, "lookup_generation{table=\"churn\"} 9"));
    assert_true(has_line(&p, "lookup_store_up 1"));
    assert_non_null(
        strstr(p.text.p, "lookup_generation_age_seconds{table=\"churn\"} "));
    t->store_ok = false;
    render(&p, t);
    assert_true(has_line(&p, "lookup_store_up 0"));
    t->storeless = true;
    render(&p, t);
    assert_null(strstr(p.text.p, "lookup_store_up"));
    tables_release(&t);
    render(&p, NULL);
    assert_true(has_line(&p, "lookup_store_up 0"));
    sample_fini(&s);
    end(&p);
}

/* Every family has its HELP and TYPE once, before its samples. */
static void
test_format(void **state)
{
    struct tables *t = sample_tables("churn", 1, NULL);
    struct page p;
    char family[128] = "";

    (void)state;
    begin(&p);
    render(&p, t);
    struct str rest = str_of(p.text.p);

    while (rest.len > 0) {
        struct str line = str_cut(&rest, '\n');
        char name[128], twice[160];

        assert_int_equal(sscanf(line.p, "# TYPE %127s", name) == 1,
                         str_starts(line, STR("# TYPE ")));
        if (str_starts(line, STR("# TYPE "))) {
            snprintf(family, sizeof(family), "%s", name);
            snprintf(twice, sizeof(twice), "\n# TYPE %s ", name);
            assert_null(strstr(line.p, twice));
        } else if (line.p[0] != '#') {
            assert_true(str_starts(line, str_of(family)));
        }
    }
    tables_release(&t);
    end(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_over_workers),
        cmocka_unit_test(test_admin_front),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_format),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
