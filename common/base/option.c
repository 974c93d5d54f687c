/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/option.h"

#include "common/base/check.h"
#include "common/base/option_find.h"
#include "common/base/option_value.h"

enum rc
option_defaults(struct option_set *set, struct err *e)
{
    CHECK(set->n <= 64);
    set->given = 0;
    for (size_t i = 0; i < set->n; i++) {
        option_zero(&set->def[i], set->into);
    }
    for (size_t i = 0; i < set->n; i++) {
        const struct option_def *def = &set->def[i];
        enum rc rc;

        if (def->def == NULL) {
            continue;
        }
        rc =
            option_store(def, set->into, str_of(def->def), false, def->name, e);
        CHECK(rc == RC_OK || rc == RC_NOMEM);
        if (rc != RC_OK) {
            option_free(set);
            return rc;
        }
    }
    return RC_OK;
}

bool
option_given(const struct option_set *set, const char *name)
{
    size_t i = option_find(set, str_of(name));

    CHECK(i < set->n);
    return (set->given >> i & 1) != 0;
}

void
option_free(struct option_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        option_reset(&set->def[i], set->into);
    }
}
