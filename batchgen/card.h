/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * card - all there is to say of a model: what the file has, how it will be
 * scored and why so, what a row costs.
 */
#include "common/base/rc.h"
#include "common/base/str.h"
#include "common/model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct card {
    const struct model *model;
    char iterations[32]; /* "A:B" that scores */
    size_t noutput;
    int64_t ntree; /* in the file; -1: none that can be counted */
    int64_t depth;
    struct str *type; /* of each feature, views of ubj; NULL: not in the file */
    const char *scorer;
    char check[1024]; /* what the self-check says */
    uint64_t row_ns;  /* a row alone */
    double bulk_ns;   /* a row of many */
    char *ubj;        /* the booster, which type lies in */
};

/*
 * Examine a model as `iterations` scores it; blocks for the measurements.
 * RC_INVAL, RC_REFUSED, RC_NOMEM. card_fini in any case.
 */
MUST_USE enum rc card_init(struct card *c, const struct model *m,
                           const char *iterations, struct err *e);
void card_fini(struct card *c);

/* To stdout. path: what the file is called. */
void card_print(const struct card *c, const char *path, bool json);
