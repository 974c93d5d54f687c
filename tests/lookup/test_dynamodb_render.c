/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/dynamodb_render.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ALL ((1u << ATTRIBUTE_COUNT) - 1)

static void
expect(const struct answer *a, unsigned wanted, const char *want)
{
    const struct dynamodb_table t = {.key_name = "k\"", .wanted = wanted};
    const struct dynamodb_key key = {'S', STR("u")};
    struct buf out;

    buf_init(&out, 4096);
    dynamodb_render_item(&out, &t, &key, a);
    buf_char(&out, '\0');
    assert_false(buf_failed(&out));
    assert_string_equal(out.p, want);
    buf_fini(&out);
}

static void
test_several_outputs(void **state)
{
    const struct generation gen = {.number = 7, .as_of = "now"};
    float y[] = {0.1f, NAN, -0.0f, 1e-5f};
    const struct prediction p = {.y = y, .n = 4};
    struct answer a = {
        .outcome = OUTCOME_LIVE, .gen = &gen, .prediction = &p, .stale = true};

    (void)state;
    expect(&a, ALL,
           "{\"k\\\"\":{\"S\":\"u\"},\"source\":{\"S\":\"live\"},"
           "\"generation\":{\"N\":\"7\"},\"as_of\":{\"S\":\"now\"},"
           "\"prediction\":{\"L\":[{\"N\":\"0.1\"},{\"NULL\":true},"
           "{\"N\":\"-0.0\"},{\"N\":\"1e-05\"}]},\"stale\":{\"BOOL\":true}}");
    expect(&a, 1u << ATTRIBUTE_GENERATION, "{\"generation\":{\"N\":\"7\"}}");
    expect(&a, 1u << ATTRIBUTE_ITEMS, "{}");
    a.stale = false;
    a.degraded = true;
    expect(&a, 1u << ATTRIBUTE_STALE | 1u << ATTRIBUTE_DEGRADED,
           "{\"degraded\":{\"S\":\"store\"}}");
}

static void
test_a_ranking(void **state)
{
    const struct str ids[] = {STR("a"), STR("\xff")};
    struct record_item item[] = {{1, 0.5f}, {0, -INFINITY}};
    struct generation gen = {.info.kind = TABLE_RANKING};
    const struct prediction p = {.item = item, .n = 2};
    const struct answer a = {.gen = &gen, .prediction = &p};
    float *no_values;

    (void)state;
    assert_int_equal(
        catalogue_create(&gen.catalogue, ids, 2, 0, &no_values, NULL), RC_OK);
    expect(&a, 1u << ATTRIBUTE_ITEMS | 1u << ATTRIBUTE_PREDICTION,
           "{\"items\":{\"L\":[{\"M\":{\"id\":{\"B\":\"/w==\"},"
           "\"score\":{\"N\":\"0.5\"}}},{\"M\":{\"id\":{\"S\":\"a\"},"
           "\"score\":{\"NULL\":true}}}]}}");
    catalogue_destroy(&gen.catalogue);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_several_outputs),
        cmocka_unit_test(test_a_ranking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
