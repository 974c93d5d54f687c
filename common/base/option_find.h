/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * option_find - options by name. For the other option*.c only.
 */
#include "common/base/option.h"

#define OPTION_NAME_MAX 64

/* Index of the option called name, - and _ being alike; set->n if none is. */
size_t option_find(const struct option_set *set, struct str name);

/* The def whose name is a typo away from name, NULL when none is near. */
const struct option_def *option_nearest(const struct option_set *set,
                                        struct str name);

/* "max-age" for max_age. */
void option_dashed(const struct option_def *def, char out[OPTION_NAME_MAX]);
