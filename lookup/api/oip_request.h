/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * oip_request - the body of an infer request: JSON and, behind it, binary
 * tensors.
 */
#include "lookup/api/oip_reply.h"
#include "lookup/api/oip_tensor.h"

enum oip_output {
    OIP_PREDICT,
    OIP_ITEMS,
    OIP_SCORES,
    OIP_SOURCE,
    OIP_OUTPUTS,
};

#define OIP_OUTPUT_NAMES                                                       \
    {                                                                          \
        "predict", "items", "scores", "source"                                 \
    }

struct oip_wanted {
    enum oip_output what;
    bool binary;
};

struct oip_request {
    struct cJSON *root;
    const char *id;          /* NULL: none was sent */
    struct oip_tensor input; /* its binary is in the body */
    bool by_user;            /* texts of one dimension; else numbers of two */
    bool binary;             /* outputs, when none is named */
    size_t nwanted;          /* 0: none is named */
    struct oip_wanted wanted[OIP_OUTPUTS];
};

/*
 * json_bytes: the Inference-Header-Content-Length; p == NULL: all is JSON.
 * ncol: of a row. RC_OK: oip_request_fini() is due. Anything else fills fault.
 */
MUST_USE enum rc oip_request_read(struct oip_request *r, struct str body,
                                  struct str json_bytes, size_t ncol,
                                  struct oip_fault *fault);
void oip_request_fini(struct oip_request *r);
