/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/model.h"

#include "common/base/number.h"

#include <stdio.h>
#include <string.h>

static uint32_t
bounded(const struct model_info *info, int64_t end)
{
    return end > 0 && end < info->rounds ? (uint32_t)end : info->rounds;
}

/* SageMaker's container knows nothing else, and takes all without. */
static uint32_t
limit_end(const struct model_info *info)
{
    return bounded(info, info->best_ntree_limit / info->parallel_trees);
}

/* Where early stopping left off, or the end when the file does not say. */
static uint32_t
best_end(const struct model_info *info)
{
    return info->best_iteration >= 0 ? bounded(info, info->best_iteration + 1)
                                     : limit_end(info);
}

static bool
parse_range(struct str spec, uint32_t rounds, uint32_t *begin, uint32_t *end)
{
    struct str rest = spec;
    struct str first = str_cut(&rest, ':');
    uint64_t a;
    uint64_t b;

    if (rest.p == NULL || !number_parse_u64(first, &a) ||
        !number_parse_u64(rest, &b)) {
        return false;
    }
    /* libxgboost's own 0:0 is all; gblinear knows nothing else. */
    b = a == 0 && b == 0 ? rounds : b;
    if (b > rounds || (a >= b && rounds > 0)) {
        return false;
    }
    *begin = (uint32_t)a;
    *end = (uint32_t)b;
    return true;
}

enum rc
model_iterations(const struct model *m, const char *spec, uint32_t *begin,
                 uint32_t *end, char text[32], struct err *e)
{
    const struct model_info *info = model_info(m);

    *begin = 0;
    if (strcmp(spec, "all") == 0) {
        *end = info->rounds;
    } else if (strcmp(spec, "container") == 0) {
        *end = limit_end(info);
    } else if (strcmp(spec, "auto") == 0) {
        *end = best_end(info);
    } else if (!parse_range(str_of(spec), info->rounds, begin, end)) {
        return err_set(
            e, RC_INVAL,
            "iterations must be auto, all, container or A:B with A < B <= %u, "
            "the rounds of this model (0:0 is all); got %s",
            info->rounds, spec);
    }
    snprintf(text, 32, "%u:%u", *begin, *end);
    return RC_OK;
}
