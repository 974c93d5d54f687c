/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * forest_sample - rows at which two evaluators of a forest would differ if
 * one of them were wrong: values at thresholds and one float to either side,
 * missing ones, both zeroes, subnormals, and anything between.
 */
#include "common/model/forest.h"

#include <stddef.h>
#include <stdint.h>

/*
 * x: nrow x nfeature, the same for the same seed. Row i follows a random path
 * of tree i modulo ntree to its leaf, each step by the narrowest margin.
 */
void forest_sample(const struct forest *f, uint64_t seed, size_t nrow,
                   float *x);
