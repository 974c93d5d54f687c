/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * model_facts - what libxgboost says of a booster it has loaded, and its file
 * or the pickle around it where the booster says nothing.
 */
#include "common/base/rc.h"
#include "common/model/model.h"
#include "common/model/model_config.h"
#include "common/model/pickle.h"

#include <xgboost/c_api.h>

struct model_facts {
    struct model_info info; /* texts: of config, or set by model.c */
    struct model_config config;
    char **name; /* info.nname of them */
};

/*
 * f is all zero before, and to be finished whatever the answer. Names that
 * only p has the booster is given, too. RC_REFUSED, RC_NOMEM.
 */
MUST_USE enum rc model_facts_read(struct model_facts *f, BoosterHandle b,
                                  const struct pickle_booster *p,
                                  struct err *e);

void model_facts_fini(struct model_facts *f);

/* What it said last as an error: "libxgboost cannot <doing> this model". */
enum rc model_xgb_failed(struct err *e, const char *doing);
