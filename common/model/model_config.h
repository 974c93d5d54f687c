/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * model_config - what a loaded booster is, out of the configuration that
 * libxgboost writes about it.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stddef.h>
#include <stdint.h>

struct model_config {
    char *objective;
    char *booster;
    uint32_t parallel_trees; /* of a round and output, at least 1 */
    size_t noutput;          /* floats of a prediction (value) */
    size_t nclass;           /* of a multi: objective, else 0 */
};

/* c is zeroed before and model_config_fini'd after, whatever the answer. */
MUST_USE enum rc model_config_read(struct model_config *c, struct str json,
                                   struct err *e);

void model_config_fini(struct model_config *c);
