/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content-Type and Accept of an invocation, a line each, and the names of
 * selected output, the third.
 */
#include "common/base/check.h"
#include "lookup/api/sagemaker_media.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
select_output(struct str names)
{
    struct sagemaker_selection s;
    char *text = str_dup(names);
    struct err e = {""};

    CHECK(text != NULL);
    if (sagemaker_selection_read(&s, text, &e) == RC_OK) {
        const float y[2] = {0.25f, 0.75f};
        const struct sagemaker_predicted p = {"multi:softprob", 2, y, 2};
        struct buf out;

        CHECK(s.n >= 1 && s.n <= SAGEMAKER_SELECTED_MAX);
        buf_init(&out, 65536);
        sagemaker_selected_csv(&out, &s, &p);
        sagemaker_selected_json(&out, &s, &p);
        CHECK(!buf_failed(&out));
        buf_fini(&out);
    } else {
        CHECK(e.text[0] != '\0');
    }
    free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    struct http_request req = {.nheader = 2};
    struct sagemaker_fault fault = {0};
    enum sagemaker_form form;
    enum sagemaker_output output = SAGEMAKER_TO_CSV;
    enum rc rc;

    req.header[0] = (struct http_header){STR("content-type"),
                                         str_trim(str_cut(&rest, '\n'))};
    req.header[1] =
        (struct http_header){STR("accept"), str_trim(str_cut(&rest, '\n'))};
    rc = sagemaker_media_type(&req, &form, &fault);
    CHECK(rc != RC_REFUSED || fault.status == 415);
    rc = sagemaker_media_accept(&req, SAGEMAKER_TO_JSON, &output, &fault);
    CHECK(rc == RC_OK ? sagemaker_media_of(output) != NULL
                      : fault.status == 406);
    if (rest.p != NULL && memchr(rest.p, '\0', rest.len) == NULL) {
        select_output(rest);
    }
    return 0;
}
