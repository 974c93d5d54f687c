/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output tensors of rows, for models of several outputs and for rankings.
 */
#include "lookup/api/oip_render.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Two rows of two predictions each, by a generation that knows no more. */
struct model {
    struct scorer scorer;
    struct generation gen;
    struct table_view view;
    struct rows rows;
    struct oip_result result;
};

static void
make_score(struct model *m, float *y)
{
    *m = (struct model){.scorer.noutput = 2,
                        .gen = {.number = 3, .as_of = "now"},
                        .view = {.name = "t"},
                        .rows = {.out = {.y = y, .n = 2}}};
    m->gen.scorer = &m->scorer;
    m->result = (struct oip_result){
        .view = &m->view, .gen = &m->gen, .rows = &m->rows, .n = 2};
}

static void
make_ranking(struct model *m, struct record_item *item)
{
    static const struct str ids[] = {STR("a"), STR("\xff")};
    float *no_values;

    make_score(m, NULL);
    m->gen.info.kind = TABLE_RANKING;
    m->gen.info.top = 2;
    m->rows.out = (struct prediction){.item = item, .n = 2};
    assert_int_equal(
        catalogue_create(&m->gen.catalogue, ids, 2, 0, &no_values, NULL),
        RC_OK);
}

#define HEAD                                                                   \
    "{\"model_name\":\"t\",\"model_version\":\"3\","                           \
    "\"parameters\":{\"as_of\":\"now\"},\"outputs\":["

static void
expect(const struct model *m, const struct oip_request *r, struct str json,
       struct str tail)
{
    struct oip_fault fault;
    struct buf out;
    size_t n;

    buf_init(&out, 4096);
    assert_int_equal(oip_render_result(&out, &n, r, &m->result, &fault), RC_OK);
    assert_true(str_eq((struct str){out.p, n}, json));
    assert_true(str_eq((struct str){out.p + n, out.len - n}, tail));
    buf_fini(&out);
}

static void
expect_refusal(const struct model *m, const struct oip_request *r)
{
    struct oip_fault fault;
    struct buf out;
    size_t n;

    buf_init(&out, 4096);
    assert_int_equal(oip_render_result(&out, &n, r, &m->result, &fault),
                     RC_INVAL);
    assert_int_equal(fault.status, 400);
    buf_fini(&out);
}

static void
test_several_outputs(void **state)
{
    float y[] = {0.1f, NAN, -0.0f, 2};
    struct oip_request r = {.nwanted = 0};
    struct model m;

    (void)state;
    make_score(&m, y);
    expect(&m, &r,
           STR(HEAD "{\"name\":\"predict\",\"datatype\":\"FP32\","
                    "\"shape\":[2,2],\"data\":[0.1,null,-0.0,2]}]}"),
           STR(""));
    r.binary = true;
    expect(&m, &r,
           STR(HEAD "{\"name\":\"predict\",\"datatype\":\"FP32\","
                    "\"shape\":[2,2],\"parameters\":"
                    "{\"binary_data_size\":16}}]}"),
           (struct str){(const char *)y, sizeof(y)});
    r.nwanted = 1;
    r.wanted[0] = (struct oip_wanted){OIP_SOURCE, false};
    expect(&m, &r,
           STR(HEAD "{\"name\":\"source\",\"datatype\":\"BYTES\","
                    "\"shape\":[2],\"data\":[\"live\",\"live\"]}]}"),
           STR(""));
    r.wanted[0].what = OIP_ITEMS;
    expect_refusal(&m, &r);
}

static void
test_a_ranking(void **state)
{
    struct record_item item[] = {{0, 2}, {0, 1}, {0, 4}, {0, 3}};
    struct oip_request r = {.nwanted = 0};
    struct model m;

    (void)state;
    make_ranking(&m, item);
    expect(&m, &r,
           STR(HEAD "{\"name\":\"items\",\"datatype\":\"BYTES\","
                    "\"shape\":[2,2],\"data\":[\"a\",\"a\",\"a\",\"a\"]},"
                    "{\"name\":\"scores\",\"datatype\":\"FP32\","
                    "\"shape\":[2,2],\"data\":[2,1,4,3]}]}"),
           STR(""));
    item[3].item = 1;
    expect_refusal(&m, &r);
    r.nwanted = 1;
    r.wanted[0] = (struct oip_wanted){OIP_ITEMS, true};
    expect(&m, &r,
           STR(HEAD "{\"name\":\"items\",\"datatype\":\"BYTES\","
                    "\"shape\":[2,2],\"parameters\":"
                    "{\"binary_data_size\":20}}]}"),
           STR("\1\0\0\0a\1\0\0\0a\1\0\0\0a\1\0\0\0\xff"));
    r.wanted[0].what = OIP_PREDICT;
    expect_refusal(&m, &r);
    catalogue_destroy(&m.gen.catalogue);
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
