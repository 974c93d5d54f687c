/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ladder over a model file and nothing else: whole rows are scored, every
 * user is known absent, and the store is never asked.
 */
#include "tests/support/ladder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
begin(struct ladder *l, bool default_on_unknown)
{
    ladder_begin(
        l, (struct lookup_policy){.default_on_unknown = default_on_unknown});
    l->live->storeless = true;
}

static void
end(struct ladder *l)
{
    assert_int_equal(l->store.calls, 0);
    assert_int_equal(l->reloads, 0);
    ladder_end(l);
}

/* Name the first n features: 1, 2, 3. */
static void
ask_with(struct ladder *l, size_t n, bool partial)
{
    struct query *q = ladder_query(l);

    q->live = true;
    q->partial = partial;
    for (size_t i = 0; i < n; i++) {
        struct str name = schema_name(q->gen->schema, i);

        assert_int_equal(query_set_feature(q, name, (float)i + 1), RC_OK);
    }
    lookup_run(q);
}

static void
test_user(void **state)
{
    struct ladder *l = *state;

    begin(l, false);
    ladder_ask(l);
    assert_int_equal(l->last.code, ANSWER_UNKNOWN_USER);
    assert_int_equal(l->last.outcome, OUTCOME_UNKNOWN);
    end(l);
    begin(l, true);
    ladder_ask(l);
    assert_int_equal(l->last.outcome, OUTCOME_DEFAULT);
    assert_false(l->last.degraded);
    end(l);
}

static void
test_row(void **state)
{
    struct ladder *l = *state;

    begin(l, false);
    ask_with(l, SAMPLE_FEATURES, false);
    assert_int_equal(l->last.outcome, OUTCOME_LIVE);
    assert_true(l->y[0] == ladder_score(l, 1, 2, 3));
    ask_with(l, 1, false);
    assert_int_equal(l->last.code, ANSWER_MISSING_FEATURES);
    ask_with(l, 1, true);
    assert_int_equal(l->last.outcome, OUTCOME_LIVE);
    assert_true(l->y[0] == ladder_score(l, 1, NAN, NAN));
    end(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_user),
        cmocka_unit_test(test_row),
    };

    return cmocka_run_group_tests(tests, ladder_set_up, ladder_tear_down);
}
