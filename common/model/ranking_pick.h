/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ranking_pick - the best k of many scores.
 */
#include "common/model/ranking.h"

/*
 * The best k of n scores, `stride` floats apart, best first: score down, NaN
 * last, then by number. Writes n picks when k > n. For small k: the cost of a
 * pick grows with k.
 */
void ranking_pick_best(const float *score, size_t n, size_t stride, size_t k,
                       struct record_item *pick);
