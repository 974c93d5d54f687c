/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predictions as text: what the recorded transcripts do not show.
 */
#include "lookup/api/sagemaker_render.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NROW 3

/* Three predictions of noutput floats, the last row unknown. */
static void
expect(struct sagemaker_render r, size_t noutput, const char *text)
{
    const float y[] = {0.25f, NAN, INFINITY, -0.f};
    struct sagemaker_selection none = {.n = 0};
    struct buf out;

    buf_init(&out, 65536);
    r.out = &out;
    r.noutput = noutput;
    r.selection = r.selection == NULL ? &none : r.selection;
    sagemaker_render_rows(&r, y, NROW - 1);
    sagemaker_render_rows(&r, NULL, 1);
    sagemaker_render_end(&r);
    assert_int_equal(r.nrow, NROW);
    buf_char(&out, '\0');
    assert_false(buf_failed(&out));
    assert_string_equal(out.p, text);
    buf_fini(&out);
}

static void
test_scores(void **state)
{
    struct sagemaker_render r = {.output = SAGEMAKER_TO_CSV};

    (void)state;
    expect(r, 1, "0.25\nnan\nnan\n");
    expect(r, 2, "0.25,nan\ninf,-0.0\nnan,nan\n");
    r.output = SAGEMAKER_TO_JSON;
    expect(r, 1,
           "{\"predictions\": [{\"score\": 0.25}, {\"score\": null}, "
           "{\"score\": null}]}");
    expect(r, 2,
           "{\"predictions\": [{\"score\": [0.25, null]}, "
           "{\"score\": [null, -0.0]}, {\"score\": null}]}");
    r.output = SAGEMAKER_TO_JSONL;
    expect(r, 1, "{\"score\": 0.25}\n{\"score\": null}\n{\"score\": null}\n");
    r.batch = true;
    expect(r, 1, "0.25\nnan\nnan\n");
    expect(r, 2, "[0.25, nan]\n[inf, -0.0]\nnan\n");
}

static void
test_selected(void **state)
{
    struct sagemaker_selection s;
    struct sagemaker_render r = {.selection = &s,
                                 .objective = "binary:logistic"};
    struct err e;

    (void)state;
    assert_int_equal(sagemaker_selection_read(
                         &s, "Predicted_Label, probabilities,zz,labels", &e),
                     RC_OK);
    expect(r, 1,
           "0,\"[0.75, 0.25]\",nan,\"[0, 1]\"\n"
           "0,\"[nan, nan]\",nan,\"[0, 1]\"\nnan");
    r.batch = true;
    expect(r, 1,
           "0,\"[0.75, 0.25]\",nan,\"[0, 1]\"\n"
           "0,\"[nan, nan]\",nan,\"[0, 1]\"\nnan\n");
    r.output = SAGEMAKER_TO_JSONL;
    expect(r, 1,
           "{\"predicted_label\": 0, \"labels\": [0, 1], "
           "\"probabilities\": [0.75, 0.25], \"zz\": null}\n"
           "{\"predicted_label\": 0, \"labels\": [0, 1], "
           "\"probabilities\": [null, null], \"zz\": null}\n"
           "{\"score\": null}\n");
    r.objective = "reg:squarederror";
    assert_int_equal(
        sagemaker_selection_read(&s, "labels,predicted_score,labels", &e),
        RC_OK);
    expect(r, 1,
           "{\"labels\": null, \"predicted_score\": 0.25}\n"
           "{\"labels\": null, \"predicted_score\": null}\n"
           "{\"score\": null}\n");
}

/* Labels and scores by objective; 0.25 is what was predicted. */
static void
test_objectives(void **state)
{
    static const struct {
        const char *objective;
        const char *text;
    } of[] = {
        {"binary:logistic", "0,\"[0, 1]\",0.25,0.25,\"[0.75, 0.25]\""},
        {"binary:logitraw", "1,\"[0, 1]\",nan,0.25,\"[0.75, 0.25]\""},
        {"binary:hinge", "0.25,\"[0, 1]\",nan,0.25,\"[0.75, 0.25]\""},
        {"multi:softmax", "0.25,\"[0, 1, 2]\",nan,0.25,\"[0.75, 0.25]\""},
        {"multi:softprob", "0,\"[0, 1, 2]\",0.25,0.25,\"[0.25]\""},
        {"reg:tweedie", "nan,nan,nan,nan,nan"},
    };
    const float y = 0.25f;
    struct sagemaker_selection s;
    struct err e;

    (void)state;
    assert_int_equal(
        sagemaker_selection_read(
            &s, "predicted_label,labels,probability,raw_score,raw_scores", &e),
        RC_OK);
    for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
        const struct sagemaker_predicted p = {of[i].objective, 3, &y, 1};
        struct buf out;

        buf_init(&out, 4096);
        sagemaker_selected_csv(&out, &s, &p);
        buf_char(&out, '\0');
        assert_string_equal(out.p, of[i].text);
        buf_fini(&out);
    }
    assert_true(sagemaker_can_select("reg:gamma"));
    assert_false(sagemaker_can_select("rank:pairwise"));
}

static void
test_selection_refused(void **state)
{
    struct sagemaker_selection s;
    struct err e = {""};

    (void)state;
    assert_int_equal(
        sagemaker_selection_read(&s, "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p", &e),
        RC_OK);
    assert_int_equal(
        sagemaker_selection_read(&s, "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", &e),
        RC_INVAL);
    assert_int_equal(
        sagemaker_selection_read(&s, "a2345678901234567890123456789012", &e),
        RC_INVAL);
    assert_int_equal(sagemaker_selection_read(&s, "\xff", &e), RC_INVAL);
    assert_non_null(strstr(e.text, "SAGEMAKER_INFERENCE_OUTPUT"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_selected),
        cmocka_unit_test(test_objectives),
        cmocka_unit_test(test_selection_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
