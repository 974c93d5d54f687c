/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * warmer_pages - moves what is already served from onto large pages, a part at
 * a time.
 */
#include "lookup/followed.h"

/* The snapshots of n tables, until all are moved or it is end_ns. */
void warmer_pages_enlarge(struct followed *const *table, size_t n,
                          uint64_t end_ns);
